export interface EmbedParams {
  readonly texts: readonly string[];
  /** Whether the answer carries the numbers, not only the facts. Default false. */
  readonly includeVectors?: boolean;
  /** Document the texts are from: one whose name means secrets is never sent. */
  readonly uri?: string;
}

/** Facts of one embedding, in the order of `EmbedParams.texts`. */
export type EmbedOutcome =
  | {
      readonly kind: 'hit' | 'miss';
      /** SHA-512 of the text, hex. */
      readonly key: string;
      /** Euclidean length of the vector. */
      readonly norm: number;
      /** float32 numbers, length `EmbedResult.dimensions`; only when asked for. */
      readonly vector?: readonly number[];
    }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Not in the cache, and not sent. */
  | { readonly kind: 'withheld'; readonly reason: 'looksSecret' | 'overBudget' };

export interface EmbedResult {
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
  /** Time the server took, milliseconds. */
  readonly milliseconds: number;
  readonly outcomes: readonly EmbedOutcome[];
}
