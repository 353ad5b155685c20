import { originOf } from './endpoint.ts';
import { knownProvider } from './providers.ts';
import type { KeyOwner } from './secrets.ts';

/**
 * The key an environment variable holds for this owner; null for none. A provider's usual variable
 * counts for the provider's own address alone: it was set for nobody else.
 */
export function environmentKey(owner: KeyOwner, env: NodeJS.ProcessEnv): string | null {
  const { keyVariables, ownAddress } = knownProvider(owner.provider);
  if (ownAddress === null || originOf(ownAddress) !== owner.origin) return null;
  const name = keyVariables.find((variable) => (env[variable] ?? '') !== '');
  return name === undefined ? null : (env[name] ?? null);
}
