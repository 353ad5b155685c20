import type { ErrorData } from './errors.ts';

export type SearchMode = 'hybrid' | 'semantic' | 'text';

/** What hits are limited to; each is left out where it does not matter. */
export interface SearchFilters {
  /** Only paths matching this glob, relative to their folder. */
  readonly path?: string;
  /** Only this VS Code language id. */
  readonly language?: string;
  /** Only tests, or all but tests. */
  readonly tests?: boolean;
  /** Only files that differ from this git commit, branch or tag, untracked ones included. */
  readonly changedSince?: string;
  /** Only the workspace folders with these URIs. */
  readonly folders?: readonly string[];
}

export interface SearchParams extends SearchFilters {
  readonly query: string;
  readonly limit: number;
  readonly mode?: SearchMode;
}

export interface SimilarParams {
  readonly text: string;
  readonly limit: number;
  /** Where the text stands, so that it is not its own nearest hit. Lines are 1-based inclusive. */
  readonly except?: { readonly uri: string; readonly startLine: number; readonly endLine: number };
}

/** Why a hit stands where it does: what it was found by, and what moved its score from there. */
export interface HitReasons {
  /** Cosine with the query; null where the chunk is not among the nearest. */
  readonly meaning: number | null;
  /** BM25; null where it is not among the best by words. */
  readonly words: number | null;
  /** Both of them on one scale, 0 to 1. */
  readonly fused: number;
  /** Share of the query's literals that it holds letter for letter, 0 to 1. */
  readonly exact: number;
  /** Ranking signals that moved the score, in their order. */
  readonly steps: readonly { readonly signal: string; readonly change: number }[];
  /** What the reranker gave it, in its own unit; null where it was not asked about it. */
  readonly relevance: number | null;
}

export interface SearchAnswer {
  /** Best first. */
  readonly hits: readonly SearchHit[];
  /** Why hits that were to be reranked are in our own order; null where they are not. */
  readonly notReranked: ErrorData | null;
}

/** Lines of a file, from 1, both ends included. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/** One place that answers a query. */
export interface SearchHit {
  readonly uri: string;
  /** Path relative to its workspace folder, with forward slashes. */
  readonly path: string;
  /** First line, 1-based. */
  readonly startLine: number;
  /** Last line, 1-based, inclusive. */
  readonly endLine: number;
  /** Higher is nearer. Comparable only within one answer. */
  readonly score: number;
  readonly text: string;
  /** The few lines of it that fit the query best: where to look first. */
  readonly best: LineRange;
  /** Names the chunk defines, outermost first; may be empty. */
  readonly symbols: readonly string[];
  readonly why: HitReasons;
}
