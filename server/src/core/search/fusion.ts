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
 * One score, 0 to 1, for what was found by meaning and by words: each list is stretched over 0 to
 * 1, what a list does not have counts 0 there, and the weighted sum is taken. The shapes of the
 * lists matter, so this does better than adding up ranks.
 */
export function fuse(
  byMeaning: readonly Found[],
  byWords: readonly Found[],
  meaningShare: number,
): Map<string, number> {
  const fused = new Map<string, number>();
  for (const [list, weight] of [
    [byMeaning, meaningShare],
    [byWords, 1 - meaningShare],
  ] as const) {
    const { least, range } = extent(list);
    for (const { key, score } of list) {
      const stretched = range === 0 ? 1 : (score - least) / range;
      fused.set(key, (fused.get(key) ?? 0) + weight * stretched);
    }
  }
  return fused;
}

function extent(list: readonly Found[]): { least: number; range: number } {
  let least = Infinity;
  let most = -Infinity;
  for (const { score } of list) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  return { least, range: list.length === 0 ? 0 : most - least };
}
