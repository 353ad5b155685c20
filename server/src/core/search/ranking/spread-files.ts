import { fileKeyOf } from '../candidate.ts';
import type { Signal } from './signal.ts';

/** Each further hit of a file counts this much of the one before. */
const DECAY = 0.9;

/** Lets other files in between the hits of one: the first page should show where to look. */
export const spreadFiles: Signal = {
  name: 'spread files',
  scores(candidates) {
    const scores = candidates.map(({ score }) => score);
    const order = [...candidates.keys()].sort((a, b) => scores[b]! - scores[a]!);
    const seen = new Map<string, number>();
    for (const i of order) {
      const file = fileKeyOf(candidates[i]!);
      const before = seen.get(file) ?? 0;
      scores[i]! *= DECAY ** before;
      seen.set(file, before + 1);
    }
    return scores;
  },
};
