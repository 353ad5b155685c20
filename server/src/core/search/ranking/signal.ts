import type { Candidate } from '../candidate.ts';
import type { QueryTerms } from '../query-terms.ts';

/** One thing about code that tells good hits from others. */
export interface Signal {
  readonly name: string;
  /** The new score of each candidate, in the order given. */
  scores(candidates: readonly Candidate[], query: QueryTerms): number[];
}
