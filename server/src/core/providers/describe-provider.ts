import type { ProviderConfig } from './provider-config.ts';
import type { ProviderDescription } from './provider-kind.ts';
import { providerKind } from './provider-table.ts';

export type { ProviderDescription } from './provider-kind.ts';

export function describeProvider(config: ProviderConfig): ProviderDescription {
  return providerKind(config.kind).describe(config);
}
