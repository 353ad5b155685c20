/** What the user set about the reranker. */
export interface RerankerConfig {
  /** Name of a row of the reranker table, or `none`. */
  readonly kind: string;
  /** Empty: the provider's default model for it. */
  readonly model: string;
  /** Empty: the provider's own address. */
  readonly baseUrl: string;
}

export interface RerankAnswer {
  /** How well each text answers the query, in the order given; higher is better. */
  readonly relevance: readonly number[];
  /** An estimate where the provider bills something else. */
  readonly tokens: number;
  /** What is billed: tokens, or searches. The price is per million of them. */
  readonly billed: number;
  /** HTTP requests, retries included. */
  readonly requests: number;
}

/** Says how well texts answer a query. */
export interface Reranker {
  /** Provider kind: its API key is stored under this. */
  readonly provider: string;
  readonly model: string;
  /** Host that texts are sent to. */
  readonly host: string;
  /** What these will take, as far as that is known before the provider has counted. */
  estimate(query: string, texts: readonly string[]): Pick<RerankAnswer, 'tokens' | 'billed'>;
  /** Throws Failure, or AbortError when the signal fired. */
  rerank(query: string, texts: readonly string[], signal: AbortSignal): Promise<RerankAnswer>;
}
