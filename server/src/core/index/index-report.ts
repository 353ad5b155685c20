import type { Shortened } from '../providers/provider.ts';

/** How far an indexing run has come. */
export interface IndexProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly chunksDone: number;
  /** Chunks found so far; final once every file is read. */
  readonly chunksTotal: number;
  /** Sent to a remote provider so far. */
  readonly tokens: number;
  /** Null while it cannot be told. */
  readonly secondsLeft: number | null;
}

/** A chunk's place in a folder. */
export interface ChunkPlace {
  /** Relative to the folder. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

/** A chunk that the provider gave no vector for. */
export interface ChunkFailure extends ChunkPlace {
  readonly reason: string;
}

/** Chunks that are not in the cache and were not, or would not be, sent. Words still find them. */
export interface Withheld {
  readonly looksSecret: readonly ChunkPlace[];
  /** How many stayed here because the month's limit is reached. */
  readonly overBudget: number;
}

/** What would be sent of one file. */
export interface FileToSend {
  /** Relative to the folder. */
  readonly path: string;
  readonly chunks: number;
  readonly tokens: number;
}

/** A chunk that is longer than the model takes, embedded in this run. */
export interface ShortenedChunk extends ChunkPlace {
  readonly how: Shortened;
}

/** What one indexing run did. */
export interface IndexReport {
  readonly folder: string;
  readonly files: {
    readonly total: number;
    readonly indexed: number;
    readonly unchanged: number;
    readonly skipped: number;
  };
  /** A text met twice in one run is a miss once. */
  readonly chunks: { readonly total: number; readonly hits: number; readonly misses: number };
  readonly provider: {
    readonly name: string;
    readonly model: string;
    readonly dimensions: number;
    readonly requests: number;
    readonly tokens: number;
    readonly costUsd: number;
  };
  readonly seconds: number;
  readonly failures: readonly ChunkFailure[];
  readonly withheld: Withheld;
  /** Of a prediction; a run that happened has none: what it sent is in the log. */
  readonly toSend: readonly FileToSend[];
  readonly shortened: readonly ShortenedChunk[];
}
