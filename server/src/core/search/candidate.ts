import type { IndexedChunk, IndexReader } from '../index/index-reader.ts';

/** A chunk that may become a hit. */
export interface Candidate {
  readonly reader: IndexReader;
  readonly chunk: IndexedChunk;
  /** Fused score, 0 to 1; ranking signals move it, also beyond 1. */
  readonly score: number;
}

/** The same string for the same file, also where one indexed folder lies inside another. */
export function fileKeyOf({ reader, chunk }: Candidate): string {
  return `${reader.folder}/${chunk.path}`;
}
