/** What `cache-process.ts` can be told. */
export type CacheRequest =
  | { readonly kind: 'open'; readonly directory: string }
  | { readonly kind: 'put' | 'get'; readonly model: string; readonly texts: readonly string[] }
  /** Removes all embeddings of a model. */
  | { readonly kind: 'gc'; readonly model: string }
  | { readonly kind: 'import'; readonly file: string };

export interface CacheAnswer {
  /** Of the texts that were found. */
  readonly vectors?: readonly (readonly [text: string, numbers: readonly number[]])[];
  readonly error?: string;
}
