export interface IndexParams {
  /** Folder URIs; empty: every workspace folder. */
  readonly folders: readonly string[];
  /** Token under which `$/progress` notifications are sent. */
  readonly progressToken?: string | number;
  /** Whether indexing rests from the start, as it did before this server was started. */
  readonly paused?: boolean;
}

export interface PauseParams {
  readonly paused: boolean;
}

/** One step of indexing; counts are over all folders of the request. */
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

/** What one indexing run did. The CLI prints it as `index --json`. */
export interface IndexReport {
  readonly folder: string;
  readonly files: {
    readonly total: number;
    readonly indexed: number;
    readonly unchanged: number;
    readonly skipped: number;
  };
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
  readonly withheld: Withheld;
}

/** A chunk's place: a path relative to its folder, lines 1-based inclusive. */
export interface ChunkPlace {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** Chunks that are not in the cache and were not, or would not be, sent. Words still find them. */
export interface Withheld {
  readonly looksSecret: readonly ChunkPlace[];
  /** How many stayed here because the month's limit is reached. */
  readonly overBudget: number;
}

export interface PreviewParams {
  /** Folder URIs; empty: every workspace folder. */
  readonly folders: readonly string[];
  readonly progressToken?: string | number;
}

/** What indexing would send, before anything is sent. */
export interface CostPreview {
  readonly provider: { readonly name: string; readonly model: string };
  readonly chunks: number;
  readonly cachedChunks: number;
  readonly tokens: number;
  /** Null where the price is unknown. */
  readonly costUsd: number | null;
  readonly files: readonly {
    readonly path: string;
    readonly chunks: number;
    readonly tokens: number;
  }[];
  readonly looksSecret: readonly ChunkPlace[];
  /** Paid this month (UTC) by all processes on the cache directory, US dollars. */
  readonly spentUsd: number;
}
