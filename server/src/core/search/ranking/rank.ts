import type { Candidate } from '../candidate.ts';
import type { QueryTerms } from '../query-terms.ts';
import { definitionSite } from './definition-site.ts';
import { exactText } from './exact-text.ts';
import { namedFile } from './named-file.ts';
import { otherPlatform } from './other-platform.ts';
import { severalHits } from './several-hits.ts';
import { sideFiles } from './side-files.ts';
import type { Signal } from './signal.ts';
import { spreadFiles } from './spread-files.ts';
import { symbolWords } from './symbol-words.ts';
import { wordsInFile } from './words-in-file.ts';

/** In the order they are applied: what a chunk is first, then what its file is. */
export function signalsFor(platform: NodeJS.Platform): readonly Signal[] {
  return [
    definitionSite,
    symbolWords,
    namedFile,
    wordsInFile,
    sideFiles,
    otherPlatform(platform),
    severalHits,
    spreadFiles,
    exactText,
  ];
}

/** Candidates with their final scores, best first; equal scores stay in path and line order. */
export function rank(
  candidates: readonly Candidate[],
  query: QueryTerms,
  signals: readonly Signal[],
): Candidate[] {
  let scored = [...candidates];
  for (const signal of signals) {
    const scores = signal.scores(scored, query);
    scored = scored.map((candidate, i) => {
      const change = scores[i]! - candidate.score;
      if (change === 0) return candidate;
      const steps = [...candidate.steps, { signal: signal.name, change }];
      return { ...candidate, score: scores[i]!, steps };
    });
  }
  return scored.sort(
    (a, b) =>
      b.score - a.score ||
      compare(a.chunk.path, b.chunk.path) ||
      a.chunk.startLine - b.chunk.startLine,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
