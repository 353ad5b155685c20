import type { Signal } from './signal.ts';

/** More than all else a chunk can gain: who copies a message wants the places that have it. */
const BONUS = 10;

/** The chunk holds the query, or what it quotes, letter for letter. */
export const exactText: Signal = {
  name: 'exact text',
  scores(candidates) {
    return candidates.map(({ score, evidence }) => score + BONUS * evidence.exact);
  },
};
