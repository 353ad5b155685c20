import { readOpenAiAnswer } from './openai-wire.ts';
import { remoteKind, targetWith, type ModelFacts } from './remote/remote-kind.ts';
import { bearer, type WireFormat } from './remote/wire-format.ts';

/** https://docs.mistral.ai/api/endpoint/embeddings */
const wire: WireFormat = {
  path: () => '/embeddings',
  keyHeaders: bearer,
  body: ({ model, texts, ask }) => ({
    model,
    input: texts,
    ...(model.startsWith('codestral-embed') ? { output_dtype: 'float' } : {}),
    ...(ask === null ? {} : { output_dimension: ask }),
  }),
  read: readOpenAiAnswer,
};

const shared = { maxTokensPerText: 8192, limits: { maxItems: 128, maxTokens: 16_384 } };

/** https://docs.mistral.ai/capabilities/embeddings/code_embeddings */
const models: readonly ModelFacts[] = [
  { name: 'codestral-embed', dimensions: 1536, otherDimensions: 'any', ...shared },
  { name: 'codestral-embed-2505', dimensions: 1536, otherDimensions: 'any', ...shared },
  { name: 'mistral-embed', dimensions: 1024, otherDimensions: 'none', ...shared },
];

export const mistral = remoteKind({
  kind: 'mistral',
  name: 'Mistral',
  ownAddress: 'https://api.mistral.ai/v1',
  keyNeeded: true,
  keyVariables: ['MISTRAL_API_KEY'],
  addressVariables: [],
  models,
  otherModel: { dimensions: null, otherDimensions: 'any', ...shared },
  concurrency: 4,
  wire,
  hasRoles: () => false,
  target: targetWith(models[0]!.name),
});
