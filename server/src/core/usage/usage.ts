/** What was asked of a space, and what it cost. */
export interface Usage {
  /** Texts found in the cache, and not. */
  readonly hits: number;
  readonly misses: number;
  /** HTTP requests, retries included. */
  readonly requests: number;
  /** Tokens sent. */
  readonly tokens: number;
  readonly costUsd: number;
  /** What the hits would have cost; an estimate. */
  readonly savedUsd: number;
}

export const NO_USAGE: Usage = {
  hits: 0,
  misses: 0,
  requests: 0,
  tokens: 0,
  costUsd: 0,
  savedUsd: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    requests: a.requests + b.requests,
    tokens: a.tokens + b.tokens,
    costUsd: a.costUsd + b.costUsd,
    savedUsd: a.savedUsd + b.savedUsd,
  };
}
