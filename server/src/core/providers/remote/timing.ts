import type { Clock, RetryPolicy } from './retry.ts';
import { systemClock } from './retry.ts';

/** How long and how often; tests make it short. */
export interface Timing {
  /** For one request, from its start to the last byte of its answer. */
  readonly deadlineMs: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
}

export const standardTiming: Timing = {
  deadlineMs: 60_000,
  retry: {
    attempts: 6,
    firstBackoffMs: 500,
    longestBackoffMs: 8_000,
    longestAskedMs: 60_000,
    giveUpAfterMs: 180_000,
  },
  clock: systemClock,
};
