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
}
