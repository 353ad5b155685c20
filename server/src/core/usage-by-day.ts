import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { spaceIdOf } from './keys/space.ts';
import type { Ledger } from './usage/ledger.ts';
import { rerankerOfUse } from './usage/reranker-use.ts';
import type { Usage } from './usage/usage.ts';

/** What was asked of one space on one day, and what it cost. */
export interface DayOfUsage extends Usage {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** Of the space, as it is listed in `stats`; for a reranker another name. */
  readonly space: string;
  /** Null where the space's vectors are no longer here. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly dimensions: number | null;
}

/** Every day with use, the latest first. */
export async function usageByDay(
  ledger: Ledger,
  cache: Pick<EmbeddingCache, 'spaces'>,
): Promise<DayOfUsage[]> {
  const spaceOf = new Map((await cache.spaces()).map((space) => [spaceIdOf(space), space]));
  return (await ledger.byDay()).map(({ day, space, usage }) => {
    const known = spaceOf.get(space) ?? rerankerOfUse(space);
    const { provider = null, model = null } = known ?? {};
    const dimensions = spaceOf.get(space)?.dimensions ?? null;
    return { day, space, provider, model, dimensions, ...usage };
  });
}
