/** What `embedding-process.ts` is to do. */
export interface EmbeddingTask {
  readonly directory: string;
  readonly model: string;
  readonly dimensions: number;
  /** Number of the first text. */
  readonly start: number;
  /** Texts in all; a multiple of `batch`. */
  readonly count: number;
  /** Texts of one request. */
  readonly batch: number;
  readonly pauseMs: number;
  /** How long the provider takes for a request. */
  readonly answerMs: number;
  /** Goes on with further texts until a line arrives on stdin. */
  readonly untilStopped: boolean;
}

export interface EmbeddingReport {
  /** Texts without a vector, or with another than theirs. */
  readonly wrong: number;
  /** Kinds of what the cache told. */
  readonly problems: readonly string[];
  readonly requests: number;
  /** Texts sent. */
  readonly asked: number;
  /** Of those, texts that had been sent before. */
  readonly askedAgain: number;
  /** Of the event loop, as `EventLoopLag` has it. */
  readonly lagP99Ms: number;
  readonly rssMb: number;
}
