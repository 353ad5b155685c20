import { splitWords } from '../../chunks/words.ts';
import type { Signal } from './signal.ts';

const WEIGHT = 0.1;

/** Names the chunk defines share words with the query. */
export const symbolWords: Signal = {
  name: 'symbol words',
  scores(candidates, { words }) {
    return candidates.map(({ chunk, score }) => {
      const defined = new Set(chunk.symbols.flatMap(splitWords));
      const shared = words.filter((word) => defined.has(word)).length;
      return score + (WEIGHT * shared) / Math.max(1, words.length);
    });
  },
};
