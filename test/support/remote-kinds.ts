import {
  createProvider,
  type ProviderDeps,
} from '../../server/src/core/providers/create-provider.ts';
import {
  providerConfigOf,
  type ProviderConfig,
} from '../../server/src/core/providers/provider-config.ts';
import { PROVIDERS } from '../../server/src/core/providers/provider-table.ts';
import type { ProviderPair } from '../../server/src/core/providers/provider.ts';
import type { RemoteKind } from '../../server/src/core/providers/remote/remote-kind.ts';
import { standardTiming, type Timing } from '../../server/src/core/providers/remote/timing.ts';
import { providerDeps } from './provider-deps.ts';
import type { ProviderServer, ServerWire } from './provider-server.ts';
import * as wires from './server-wires.ts';

/** How each remote provider is tested: the server that speaks its format, and what it needs set. */
export interface RemoteUnderTest {
  readonly kind: string;
  readonly wire: ServerWire;
  readonly config: Partial<ProviderConfig>;
}

export const REMOTE_KINDS: readonly RemoteUnderTest[] = [
  { kind: 'openai', wire: wires.openAiServerWire, config: {} },
  { kind: 'azureOpenai', wire: wires.azureServerWire, config: { deployment: 'my embeddings' } },
  { kind: 'openaiCompatible', wire: wires.openAiServerWire, config: { model: 'some-model' } },
  { kind: 'ollama', wire: wires.ollamaServerWire, config: {} },
  { kind: 'cohere', wire: wires.cohereServerWire, config: {} },
  { kind: 'voyage', wire: wires.voyageServerWire, config: {} },
  { kind: 'gemini', wire: wires.geminiServerWire, config: {} },
  { kind: 'mistral', wire: wires.mistralServerWire, config: {} },
  { kind: 'jina', wire: wires.jinaServerWire, config: {} },
];

export const TEST_KEY = 'sk-test';

/** Opens a provider on a server of its own, with the right key. */
export function openOn(
  server: Pick<ProviderServer, 'baseUrl'>,
  { kind, config }: Pick<RemoteUnderTest, 'kind' | 'config'>,
  options: { readonly deps?: Partial<ProviderDeps>; readonly timing?: Partial<Timing> } = {},
): Promise<ProviderPair> {
  const { signal } = new AbortController();
  const whole = providerConfigOf(kind, { ...config, baseUrl: server.baseUrl });
  const deps = providerDeps({ apiKeyOf: () => TEST_KEY, ...options.deps });
  if (options.timing === undefined) return createProvider(whole, deps, signal);
  const row = PROVIDERS.find((each) => each.kind === kind) as RemoteKind;
  return row.open(whole, deps, signal, { ...standardTiming, ...options.timing });
}
