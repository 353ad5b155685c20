import type { ElementType } from '../../../core/vectors/element.ts';
import type { Vector } from '../../../core/vectors/vector.ts';

/** What became of one text. */
export type EmbeddedText =
  | { readonly kind: 'vector'; readonly vector: Vector }
  | { readonly kind: 'failed'; readonly reason: string };

export interface VectorShape {
  readonly model: string;
  readonly dimensions: number;
  readonly element: ElementType;
}

export interface EmbedTotals {
  /** Texts that cost nothing, those given twice included. */
  readonly hits: number;
  /** Texts the provider was asked for. */
  readonly misses: number;
}

/** Writes vectors in the order of their texts, a part at a time: none of them is kept. */
export interface VectorWriter {
  begin(shape: VectorShape): Promise<void>;
  add(texts: readonly EmbeddedText[]): Promise<void>;
  end(totals: EmbedTotals): Promise<void>;
}
