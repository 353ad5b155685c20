import type { RemoteProviderConfig } from '../../server/src/core/config.ts';
import type { ProviderDeps } from '../../server/src/core/providers/create-provider.ts';
import {
  createOpenAiProvider,
  type OpenAiProvider,
} from '../../server/src/core/providers/openai.ts';
import { standardTiming, type Timing } from '../../server/src/core/providers/openai-client.ts';
import { InstantClock, providerDeps } from './provider-deps.ts';

interface RemoteOptions {
  readonly config?: Partial<RemoteProviderConfig>;
  readonly deps?: Partial<ProviderDeps>;
  readonly timing?: Partial<Timing>;
}

/** A provider of kind `openai` with key `sk-test` for this address, whose waits end at once. */
export function openRemote(baseUrl: string, options: RemoteOptions = {}): Promise<OpenAiProvider> {
  const { signal } = new AbortController();
  return createOpenAiProvider(
    { kind: 'openai', model: '', dimensions: 32, baseUrl, ...options.config },
    providerDeps({ apiKeyOf: () => 'sk-test', ...options.deps }),
    signal,
    { ...standardTiming, clock: new InstantClock(), ...options.timing },
  );
}
