/** Where texts come from, for the log of what was sent. */
export type SentFrom =
  | { readonly kind: 'query' }
  /** Texts without a file, or all of one document. */
  | { readonly kind: 'texts'; readonly file?: string }
  | {
      readonly kind: 'files';
      readonly folder: string;
      /** Path relative to the folder, by text. */
      readonly pathOf: ReadonlyMap<string, string>;
    };
