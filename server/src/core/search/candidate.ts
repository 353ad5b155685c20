import type { IndexedChunk, IndexReader } from '../index/index-reader.ts';

/** What a chunk was found by. */
export interface Evidence {
  /** Cosine with the query; null where the chunk is not among the nearest. */
  readonly meaning: number | null;
  /** BM25; null where it is not among the best by words. */
  readonly words: number | null;
  /** Both of them on one scale, 0 to 1. */
  readonly fused: number;
  /** Share of the query's literals that it holds letter for letter, 0 to 1. */
  readonly exact: number;
}

/** What a ranking signal did to a score. */
export interface Step {
  readonly signal: string;
  readonly change: number;
}

/** A chunk that may become a hit. */
export interface Candidate {
  readonly reader: IndexReader;
  readonly chunk: IndexedChunk;
  readonly evidence: Evidence;
  /** Words of the query that it holds, without those that tell nothing here. */
  readonly holds: ReadonlySet<string>;
  /** The fused score at first; ranking signals move it, also beyond 1. */
  readonly score: number;
  /** Signals that moved it, in their order. */
  readonly steps: readonly Step[];
  /** As the reranker has it, in its own unit. */
  readonly relevance?: number;
}

/** The same string for the same file, also where one indexed folder lies inside another. */
export function fileKeyOf({ reader, chunk }: Candidate): string {
  return `${reader.folder}/${chunk.path}`;
}
