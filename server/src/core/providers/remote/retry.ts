import { setTimeout as wait } from 'node:timers/promises';
import type { FailureKind } from '../../errors.ts';
import { Failure } from '../../errors.ts';

/** A failure that may pass by itself. */
export class RetryableFailure extends Failure {
  /** Wait the endpoint asked for, milliseconds; null where it asked for none. */
  readonly afterMs: number | null;
  /** Attempts in all that make sense for this failure; null: as many as the policy allows. */
  readonly attempts: number | null;

  constructor(
    kind: FailureKind,
    message: string,
    options: ConstructorParameters<typeof Failure>[2],
    retry: { readonly afterMs?: number | null; readonly attempts?: number } = {},
  ) {
    super(kind, message, options);
    this.afterMs = retry.afterMs ?? null;
    this.attempts = retry.attempts ?? null;
  }
}

export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Wait before the second attempt; it doubles each time up to `longestBackoffMs`. */
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** A longer wait that the endpoint asks for is cut to this. */
  readonly longestAskedMs: number;
  /** No attempt starts this long after the first one did. */
  readonly giveUpAfterMs: number;
}

export interface Clock {
  /** Never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Throws AbortError when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1. */
  random(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
  random: () => Math.random(),
};

/** `Wed, 21 Oct 2026 07:28:00 GMT`, and its two older forms. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/** Runs an attempt until it succeeds, fails for good, or the policy ends it with its last failure. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const startedMs = clock.monotonicMs();
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RetryableFailure)) throw error;
      if (made >= Math.min(policy.attempts, error.attempts ?? Infinity)) throw error;
      const waitMs = waitBefore(made, error.afterMs, policy, clock);
      if (clock.monotonicMs() - startedMs + waitMs >= policy.giveUpAfterMs) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

/**
 * The wait a response's headers ask for, milliseconds: `retry-after-ms`, or `retry-after` in
 * seconds or as a date. Null where there is none or it cannot be read; never negative.
 */
export function askedWait(headers: Headers, nowMs: number): number | null {
  const exact = numberIn(headers.get('retry-after-ms'));
  if (exact !== null) return Math.max(0, exact);
  const header = headers.get('retry-after');
  const seconds = numberIn(header);
  if (seconds !== null) return Math.max(0, seconds * 1000);
  // `Date.parse` alone would read a date into junk such as `wait 5`.
  if (header === null || !HTTP_DATE.test(header.trim())) return null;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}

/** Jitter keeps several windows from asking again in step; it only ever lengthens an asked wait. */
function waitBefore(made: number, askedMs: number | null, policy: RetryPolicy, clock: Clock) {
  if (askedMs !== null) {
    return Math.min(askedMs, policy.longestAskedMs) + clock.random() * policy.firstBackoffMs;
  }
  const backoffMs = Math.min(policy.firstBackoffMs * 2 ** (made - 1), policy.longestBackoffMs);
  return backoffMs * (0.5 + clock.random() / 2);
}

function numberIn(header: string | null): number | null {
  return header !== null && /^\s*-?\d+(\.\d+)?\s*$/.test(header) ? Number(header) : null;
}
