import { fileKeyOf } from '../candidate.ts';
import type { Signal } from './signal.ts';

const WEIGHT = 0.25;

/** A file that holds all the words asked for, be it in several places, is more likely meant. */
export const wordsInFile: Signal = {
  name: 'words in file',
  scores(candidates, { words }) {
    const heldIn = new Map(
      [...Map.groupBy(candidates, fileKeyOf)].map(([file, chunks]) => [
        file,
        new Set(chunks.flatMap(({ holds }) => [...holds])).size,
      ]),
    );
    return candidates.map(
      (candidate) =>
        candidate.score +
        (WEIGHT * (heldIn.get(fileKeyOf(candidate)) ?? 0)) / Math.max(1, words.length),
    );
  },
};
