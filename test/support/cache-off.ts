import { mkdirSync } from 'node:fs';
import { NO_CLAIMS } from '../../server/src/core/cache/claims.ts';
import type { EmbeddingCache } from '../../server/src/core/cache/embedding-cache.ts';
import type { Shard } from '../../server/src/core/cache/shard.ts';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';

/**
 * A cache that keeps nothing: the negative control of every test that says "embeds nothing again".
 * Such a test must fail with it, or it does not test the cache.
 */
export function cacheSwitchedOff(directory: string): EmbeddingCache {
  mkdirSync(directory, { recursive: true });
  return {
    directory,
    claims: NO_CLAIMS,
    onProblem: () => undefined,
    texts: {
      get: async () => null,
      putMany: async () => undefined,
      missingOf: async () => new Map(),
      count: async () => 0,
      renew: async () => null,
      close: async () => undefined,
    },
    shard: async (space) => emptyShard(space),
    spaces: async () => [],
    storedSpaces: async () => [],
    bytes: () => 0,
    flushUses: async () => undefined,
    close: async () => undefined,
  };
}

function emptyShard(space: EmbeddingSpace): Shard {
  return {
    space,
    getMany: async () => new Map(),
    putMany: async () => undefined,
    count: async () => 0,
    close: async () => undefined,
  };
}
