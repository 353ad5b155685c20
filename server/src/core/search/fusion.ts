import type { SearchMode } from './search-hit.ts';

/** A chunk of some folder, by a key that is its own, with how well it matches. */
export interface Found {
  readonly key: string;
  readonly score: number;
}

/** Share of meaning in the fused score; the rest is words. `hybrid` is measured on the bench. */
export const MEANING_SHARE: Readonly<Record<SearchMode, number>> = {
  hybrid: 0.7,
  semantic: 1,
  text: 0,
};

/**
 * One score, 0 to 1, for what was found by meaning and by words: on each list the best counts 1 and
 * what has nothing to do with the query 0, and the weighted sum is taken. The shapes of the lists
 * matter, so this does better than adding up ranks; how long they are does not.
 * @param typical Score by meaning of what has nothing to do with the query. By words that is 0.
 */
export function fuse(
  byMeaning: readonly Found[],
  byWords: readonly Found[],
  meaningShare: number,
  typical: number,
): Map<string, number> {
  const fused = new Map<string, number>();
  for (const [list, weight, nothing] of [
    [byMeaning, meaningShare, typical],
    [byWords, 1 - meaningShare, 0],
  ] as const) {
    const best = list.reduce((most, { score }) => Math.max(most, score), -Infinity);
    for (const { key, score } of list) {
      const share = best > nothing ? Math.max(0, score - nothing) / (best - nothing) : 1;
      fused.set(key, (fused.get(key) ?? 0) + weight * share);
    }
  }
  return fused;
}
