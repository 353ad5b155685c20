/** Texts that left this computer together. Never the texts themselves. */
export interface SentEntry {
  /** ISO 8601. */
  readonly at: string;
  /** `api.openai.com` */
  readonly host: string;
  readonly provider: string;
  readonly model: string;
  readonly kind: 'files' | 'query' | 'texts' | 'rerank';
  readonly texts: number;
  readonly tokens: number;
  /** Null where the price is unknown. */
  readonly costUsd: number | null;
  /** Empty for a query. `folder` is an absolute path, or empty for a file outside of any. */
  readonly files: readonly {
    readonly folder: string;
    readonly path: string;
    readonly texts: number;
  }[];
}
