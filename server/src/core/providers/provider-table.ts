import { Failure } from '../errors.ts';
import { azureOpenAi } from './azure-openai.ts';
import { cohere } from './cohere.ts';
import { embedded } from './embedded.ts';
import { gemini } from './gemini.ts';
import { jina } from './jina.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openAiCompatible } from './openai-compatible.ts';
import { openAi } from './openai.ts';
import type { ProviderKind } from './provider-kind.ts';
import { transformers } from './transformers.ts';
import { voyage } from './voyage.ts';

/** Every provider there is, in the order they are offered. A new one is a file and a line here. */
export const PROVIDERS: readonly ProviderKind[] = [
  embedded,
  openAi,
  azureOpenAi,
  openAiCompatible,
  ollama,
  cohere,
  voyage,
  gemini,
  mistral,
  jina,
  transformers,
];

/** Throws Failure `badSettings` for a name that is not in the table. */
export function providerKind(kind: string): ProviderKind {
  const row = PROVIDERS.find((provider) => provider.kind === kind);
  if (row !== undefined) return row;
  throw new Failure('badSettings', 'There is no such provider.');
}
