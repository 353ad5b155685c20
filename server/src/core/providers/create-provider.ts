import type { ProviderConfig } from './provider-config.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { providerKind } from './provider-table.ts';
import type { ProviderPair } from './provider.ts';

export type { ProviderDeps } from './provider-deps.ts';

/** Opens the configured provider, as `ProviderKind.open`. */
export async function createProvider(
  config: ProviderConfig,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProviderPair> {
  return providerKind(config.kind).open(config, deps, signal);
}
