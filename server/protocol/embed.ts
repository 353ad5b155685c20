export interface EmbedParams {
  readonly texts: readonly string[];
  /** Whether the answer carries the numbers, not only the facts. Default false. */
  readonly includeVectors?: boolean;
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
  | { readonly kind: 'failed'; readonly reason: string };

export interface EmbedResult {
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
  /** Time the server took, milliseconds. */
  readonly milliseconds: number;
  readonly outcomes: readonly EmbedOutcome[];
}
