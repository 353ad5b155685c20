import type { ProviderDeps } from '../../server/src/core/providers/create-provider.ts';
import { openAiCompatible } from '../../server/src/core/providers/openai-compatible.ts';
import { openAi } from '../../server/src/core/providers/openai.ts';
import {
  providerConfigOf,
  type ProviderConfig,
} from '../../server/src/core/providers/provider-config.ts';
import type { EmbeddingProvider } from '../../server/src/core/providers/provider.ts';
import { standardTiming, type Timing } from '../../server/src/core/providers/remote/timing.ts';
import { InstantClock, providerDeps } from './provider-deps.ts';

interface RemoteOptions {
  readonly config?: Partial<ProviderConfig>;
  readonly deps?: Partial<ProviderDeps>;
  readonly timing?: Partial<Timing>;
}

/** A provider of kind `openai` with key `sk-test` for this address, whose waits end at once. */
export async function openRemote(
  baseUrl: string,
  options: RemoteOptions = {},
): Promise<EmbeddingProvider> {
  const { signal } = new AbortController();
  const row = options.config?.kind === 'openaiCompatible' ? openAiCompatible : openAi;
  const { document } = await row.open(
    providerConfigOf(row.kind, { dimensions: 32, baseUrl, ...options.config }),
    providerDeps({ apiKeyOf: () => 'sk-test', ...options.deps }),
    signal,
    { ...standardTiming, clock: new InstantClock(), ...options.timing },
  );
  return document;
}
