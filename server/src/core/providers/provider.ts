import type { EmbeddingSpace } from '../keys/space.ts';
import type { Vector } from '../vectors/vector.ts';

/** What a provider accepts in one request. */
export interface BatchLimits {
  readonly maxItems: number;
  /** Of all texts of one request, by `countTokens`. */
  readonly maxTokens: number;
  /** Of all texts of one request, as UTF-8; absent where no limit is known. */
  readonly maxBytes?: number;
}

/** The answer to one `embed` call. */
export interface ProviderAnswer {
  /** One outcome per text, in the order given. */
  readonly outcomes: readonly ProviderOutcome[];
  /** Tokens as the provider reported them; an estimate where it does not. */
  readonly tokens: number;
  /** HTTP requests made, retries included; 0 for a model in this process. */
  readonly requests: number;
}

/** A vector of the space's length and form (`inForm`), or why this one text has none. */
export type ProviderOutcome =
  | {
      readonly kind: 'vector';
      readonly vector: Vector;
      /** What was done to a text longer than the model takes; absent where nothing was. */
      readonly shortened?: Shortened;
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** It is longer than the model takes. */
      readonly tooLong?: boolean;
    };

/** `split`: its parts' vectors were averaged. `truncated`: its end was left out. */
export type Shortened = 'split' | 'truncated';

/** Weights of a chunk's unit vectors of path words and of symbol names, beside its body's. */
export interface FieldWeights {
  readonly path: number;
  readonly symbols: number;
}

/** Turns texts into vectors. Every implementation passes `test/contract/provider.ts`. */
export interface EmbeddingProvider {
  readonly space: EmbeddingSpace;
  /** No text leaves this process. */
  readonly local: boolean;
  /** Host texts are sent to; null for a model in this process. */
  readonly host: string | null;
  /** They may shrink while it runs, as it learns what the endpoint takes. */
  readonly limits: BatchLimits;
  /** Calls of `embed` that may run at once. */
  readonly concurrency: number;
  /**
   * Weights with which the index adds path and symbols to a body's vector (the body weighs 1);
   * null where this was not measured to help: a chunk's vector is then its body's alone.
   */
  readonly fieldWeights: FieldWeights | null;
  /** Tokens a text will be counted as; a safe estimate where no tokenizer is known. */
  countTokens(text: string): number;
  /** Parts a text is sent in, each of which counts as one of `maxItems`; absent: always one. */
  countParts?(text: string): number;
  /**
   * One outcome per text, in the order given. The caller keeps each call within `limits`.
   * Throws Failure when the whole call failed; AbortError when `signal` fired.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer>;
}

/** The provider for stored texts and the one for queries: one object where roles do not matter. */
export interface ProviderPair {
  readonly document: EmbeddingProvider;
  readonly query: EmbeddingProvider;
  /** Ends what runs for them; absent where nothing does. */
  close?(): Promise<void>;
}
