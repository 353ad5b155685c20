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

/** One space's counters for one day (UTC, `YYYY-MM-DD`). */
export interface DaysUsage {
  readonly space: string;
  readonly day: string;
  readonly usage: Usage;
}

/** In the order of their columns. */
export const COUNTERS = ['hits', 'misses', 'requests', 'tokens', 'costUsd', 'savedUsd'] as const;

export const NO_USAGE: Usage = usageOf(() => 0);

export function addUsage(a: Usage, b: Usage): Usage {
  return usageOf((counter) => a[counter] + b[counter]);
}

export function usageOf(amountOf: (counter: keyof Usage) => number): Usage {
  return {
    hits: amountOf('hits'),
    misses: amountOf('misses'),
    requests: amountOf('requests'),
    tokens: amountOf('tokens'),
    costUsd: amountOf('costUsd'),
    savedUsd: amountOf('savedUsd'),
  };
}
