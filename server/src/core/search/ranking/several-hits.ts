import { type Candidate, fileKeyOf } from '../candidate.ts';
import type { Signal } from './signal.ts';

const WEIGHT = 0.25;
const DECAY = 0.7;
/** Hits of a file that count beside its best. */
const OTHERS = 20;

/** A file with several good chunks is more likely to be what is meant than one with a lone one. */
export const severalHits: Signal = {
  name: 'several hits',
  scores(candidates) {
    const bonusOf = new Map(
      [...Map.groupBy(candidates, fileKeyOf)].map(([file, hits]) => [file, bonus(hits)]),
    );
    return candidates.map(
      (candidate) => candidate.score + (bonusOf.get(fileKeyOf(candidate)) ?? 0),
    );
  },
};

function bonus(hits: readonly Candidate[]): number {
  const others = hits
    .map(({ score }) => score)
    .sort((a, b) => b - a)
    .slice(1, 1 + OTHERS);
  return others.reduce((sum, score, i) => sum + WEIGHT * score * DECAY ** (i + 1), 0);
}
