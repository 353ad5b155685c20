import { describe, expect, it } from 'vitest';
import { Failure } from '../../../server/src/core/errors.ts';
import {
  RetryableFailure,
  askedWait,
  withRetries,
  type RetryPolicy,
} from '../../../server/src/core/providers/remote/retry.ts';
import { InstantClock } from '../../support/provider-deps.ts';

const { signal } = new AbortController();
const policy: RetryPolicy = {
  attempts: 5,
  firstBackoffMs: 100,
  longestBackoffMs: 300,
  longestAskedMs: 10_000,
  giveUpAfterMs: 60_000,
};

describe('withRetries', () => {
  it('waits twice as long each time, up to the longest backoff, with jitter', async () => {
    const clock = new InstantClock();
    const failing = failures(passing(), passing(), passing(), passing());
    expect(await withRetries(failing, policy, clock, signal)).toBe('done');
    // InstantClock's dice always show a half: three quarters of each backoff.
    expect(clock.sleeps).toEqual([75, 150, 225, 225]);
  });

  it('ends with the last failure when the attempts are used up', async () => {
    const clock = new InstantClock();
    const last = passing();
    const failing = failures(passing(), passing(), passing(), passing(), last, passing());
    await expect(withRetries(failing, policy, clock, signal)).rejects.toBe(last);
  });

  it('does not repeat what cannot pass by itself', async () => {
    const clock = new InstantClock();
    const refused = new Failure('apiKeyRefused', 'no');
    await expect(withRetries(failures(refused), policy, clock, signal)).rejects.toBe(refused);
    expect(clock.sleeps).toEqual([]);
  });

  it('waits at least as long as the endpoint asks', async () => {
    const clock = new InstantClock();
    await withRetries(failures(passing(2000)), policy, clock, signal);
    expect(clock.sleeps).toEqual([2050]);
  });

  it('cuts a wait that is asked to be very long', async () => {
    const clock = new InstantClock();
    await withRetries(failures(passing(1e12)), policy, clock, signal);
    expect(clock.sleeps).toEqual([10_050]);
  });

  it('gives up when the time is over', async () => {
    const clock = new InstantClock();
    const long = { ...policy, attempts: 1000, longestAskedMs: 25_000 };
    const failing = () => Promise.reject(passing(25_000));
    await expect(withRetries(failing, long, clock, signal)).rejects.toThrow('busy');
    expect(clock.sleeps).toEqual([25_050, 25_050]);
  });

  it('makes fewer attempts where the failure says that more are no use', async () => {
    const clock = new InstantClock();
    const absent = new RetryableFailure('unreachable', 'absent', {}, { attempts: 2 });
    await expect(withRetries(() => Promise.reject(absent), policy, clock, signal)).rejects.toBe(
      absent,
    );
    expect(clock.sleeps).toHaveLength(1);
  });

  it('stops waiting when the signal fires', async () => {
    const clock = new InstantClock();
    const failing = () => Promise.reject(passing());
    await expect(withRetries(failing, policy, clock, AbortSignal.abort())).rejects.toHaveProperty(
      'name',
      'AbortError',
    );
  });
});

describe('askedWait', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  it.each([
    ['2', 2000],
    ['0.5', 500],
    ['-5', 0],
    ['1000000000', 1e12],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['', null],
  ])('reads retry-after: %s', (header, expected) => {
    expect(askedWait(new Headers({ 'retry-after': header }), now)).toBe(expected);
  });

  it('prefers retry-after-ms, which is exact', () => {
    const headers = new Headers({ 'retry-after': '2', 'retry-after-ms': '1250' });
    expect(askedWait(headers, now)).toBe(1250);
  });

  it('is null where the endpoint asks for nothing', () => {
    expect(askedWait(new Headers(), now)).toBeNull();
  });
});

/** Fails with each of these in turn, then succeeds. */
function failures(...errors: Failure[]): () => Promise<string> {
  const remaining = [...errors];
  return async () => {
    const error = remaining.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
}

function passing(afterMs: number | null = null): RetryableFailure {
  return new RetryableFailure('rateLimited', 'busy', {}, { afterMs });
}
