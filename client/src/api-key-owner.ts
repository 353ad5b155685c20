import { endpointOf } from './endpoint.ts';
import { providers } from './providers.ts';
import type { KeyOwner } from './secrets.ts';
import type { Settings } from './settings.ts';

/** Whom a new API key may be for: the configured provider first, others with a usable address after. */
export function possibleKeyOwners(settings: Settings): readonly KeyOwner[] {
  const kinds = providers
    .filter(({ keyVariables }) => keyVariables.length > 0)
    .map(({ kind }) => kind);
  const sorted = kinds.toSorted(
    (a, b) => Number(b === settings.provider) - Number(a === settings.provider),
  );
  return sorted.flatMap((provider) => {
    const origin = endpointOf({ ...settings, provider })?.origin ?? null;
    return origin === null ? [] : [{ provider, origin }];
  });
}
