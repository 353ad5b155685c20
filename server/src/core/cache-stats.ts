import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { spaceIdOf } from './keys/space.ts';
import { dayOf, type Ledger } from './usage/ledger.ts';
import type { Usage } from './usage/usage.ts';

export interface SpaceStats {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
  readonly type: 'float32' | 'float64' | 'float16';
  readonly embeddings: number;
  readonly bytes: number;
}

export interface CoreStats {
  readonly directory: string;
  readonly texts: number;
  /** Of all cache files on disk. */
  readonly bytes: number;
  readonly spaces: readonly SpaceStats[];
  /** All time, this day (UTC), this month (UTC). */
  readonly usage: Usage;
  readonly today: Usage;
  readonly month: Usage;
}

export async function cacheStats(cache: EmbeddingCache, ledger: Ledger): Promise<CoreStats> {
  const stored = await cache.storedSpaces();
  const today = dayOf(new Date());
  return {
    directory: cache.directory,
    texts: await cache.texts.count(),
    bytes: cache.bytes(),
    spaces: stored.map(({ space, embeddings, bytes }) => ({
      id: spaceIdOf(space),
      provider: space.provider,
      model: space.model,
      dimensions: space.dimensions,
      type: space.element,
      embeddings,
      bytes,
    })),
    usage: await ledger.since(''),
    today: await ledger.since(today),
    month: await ledger.since(`${today.slice(0, 8)}01`),
  };
}
