import type { Failure } from '../errors.ts';
import type { Evidence, Step } from './candidate.ts';

export type SearchMode = 'hybrid' | 'semantic' | 'text';

export interface SearchFilters {
  /** Only paths matching this glob, relative to the folder. */
  readonly path?: string | undefined;
  /** Only files of this VS Code language id. */
  readonly language?: string | undefined;
  /** Only tests, or all but tests. */
  readonly tests?: boolean | undefined;
  /** Only files that differ from this git commit, branch or tag, untracked ones included. */
  readonly changedSince?: string | undefined;
}

export interface SearchOptions extends SearchFilters {
  readonly limit: number;
  readonly mode: SearchMode;
  readonly signal: AbortSignal;
  /** Told why hits that were to be reranked are in our own order. */
  readonly onNotReranked?: ((why: Failure) => void) | undefined;
}

/** Why a hit stands where it does: what it was found by, and what moved its score from there. */
export interface HitReasons extends Evidence {
  readonly steps: readonly Step[];
  /** What the reranker gave it, in its own unit; null where it was not asked about it. */
  readonly relevance: number | null;
}

/** Lines of a file, from 1, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/** One answer to a query. */
export interface SearchHit {
  /** Absolute path of the indexed folder. */
  readonly folder: string;
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  /** 1-based. */
  readonly startLine: number;
  /** 1-based, inclusive. */
  readonly endLine: number;
  /** Higher is nearer. Comparable only within one answer. */
  readonly score: number;
  readonly text: string;
  /** The few lines of it that fit the query best: where to look first. */
  readonly best: LineRange;
  readonly symbols: readonly string[];
  readonly why: HitReasons;
}
