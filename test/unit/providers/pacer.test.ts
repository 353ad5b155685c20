import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../../server/src/core/providers/remote/circuit-breaker.ts';
import { Pacer } from '../../../server/src/core/providers/remote/pacer.ts';
import { rateLimitIn } from '../../../server/src/core/providers/remote/rate-limits.ts';
import { InstantClock } from '../../support/provider-deps.ts';

const { signal } = new AbortController();

describe('rateLimitIn', () => {
  const headersOf = (limit: string, remaining: string, reset: string) =>
    new Headers({
      'x-ratelimit-limit-tokens': limit,
      'x-ratelimit-remaining-tokens': remaining,
      'x-ratelimit-reset-tokens': reset,
    });

  it.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['120ms', 120],
    ['1m30.5s', 90_500],
    ['7', 7_000],
  ])('reads a reset of %s', (reset, resetMs) => {
    expect(rateLimitIn(headersOf('1000', '400', reset), 'tokens')).toEqual({
      limit: 1000,
      remaining: 400,
      resetMs,
    });
  });

  it.each([
    ['0', '0', '1s'],
    ['-1', '5', '1s'],
    ['many', '5', '1s'],
    ['10', '5', 'soon'],
    ['10', '5', ''],
  ])('takes %s, %s, %s for nothing', (limit, remaining, reset) => {
    expect(rateLimitIn(headersOf(limit, remaining, reset), 'tokens')).toBeNull();
  });
});

describe('the pacer', () => {
  it('lets no more requests run at once than it may', async () => {
    const pacer = new Pacer(2, new InstantClock());
    await pacer.enter(1, signal);
    await pacer.enter(1, signal);
    let third = false;
    const waiting = pacer.enter(1, signal).then(() => (third = true));
    await new Promise(setImmediate);
    expect(third).toBe(false);
    pacer.leave();
    await waiting;
    expect(third).toBe(true);
  });

  it('holds everyone back as long as the endpoint asked, then starts them one by one', async () => {
    const clock = new InstantClock();
    const pacer = new Pacer(3, clock);
    pacer.pause(5_000);
    await pacer.enter(1, signal);
    expect(clock.nowMs).toBe(5_000);
    let second = false;
    const waiting = pacer.enter(1, signal).then(() => (second = true));
    await new Promise(setImmediate);
    expect(second).toBe(false);
    pacer.succeeded();
    await waiting;
    expect(clock.nowMs).toBe(5_000);
  });

  it('waits until the bucket its headers describe can pay for a request', async () => {
    const clock = new InstantClock();
    const pacer = new Pacer(4, clock);
    // 900 of 1,000 tokens are gone and come back within 90 seconds: ten a second.
    pacer.note(
      new Headers({
        'x-ratelimit-limit-tokens': '1000',
        'x-ratelimit-remaining-tokens': '100',
        'x-ratelimit-reset-tokens': '90s',
      }),
    );
    await pacer.enter(100, signal);
    expect(clock.nowMs).toBe(0);
    await pacer.enter(50, signal);
    expect(clock.nowMs).toBe(5_000);
    await pacer.enter(200, signal);
    expect(clock.nowMs).toBe(25_000);
  });

  it('does not wait for a quota that takes hours to fill', async () => {
    const clock = new InstantClock();
    const pacer = new Pacer(1, clock);
    pacer.note(
      new Headers({
        'x-ratelimit-limit-requests': '10',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '10h0m0s',
      }),
    );
    await pacer.enter(1, signal);
    expect(clock.nowMs).toBe(0);
  });

  it('stops waiting when it is cancelled', async () => {
    const pacer = new Pacer(1, new InstantClock());
    await pacer.enter(1, signal);
    const aborting = new AbortController();
    const waiting = pacer.enter(1, aborting.signal);
    aborting.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the circuit breaker', () => {
  it('rests after failures in a row, twice as long after each try that failed, up to a minute', () => {
    const clock = new InstantClock();
    const breaker = new CircuitBreaker(clock);
    for (let i = 0; i < 7; i++) breaker.failed();
    expect(breaker.restsForMs).toBe(0);
    const rests: number[] = [];
    for (let i = 0; i < 6; i++) {
      breaker.failed();
      rests.push(breaker.restsForMs);
      clock.nowMs += breaker.restsForMs;
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('forgets all of it at the first answer', () => {
    const breaker = new CircuitBreaker(new InstantClock());
    for (let i = 0; i < 8; i++) breaker.failed();
    breaker.succeeded();
    expect(breaker.restsForMs).toBe(0);
    breaker.failed();
    expect(breaker.restsForMs).toBe(0);
  });
});
