import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CheckTimer } from '../../../server/src/frontends/lsp/check-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('looks ever more seldom while watchers tell all, and often where they do not', async () => {
  const startedAt = Date.now();
  const looks: number[] = [];
  const found = [false, false, true, true, false];
  const timer = new CheckTimer(() => {
    looks.push((Date.now() - startedAt) / 1000);
    return Promise.resolve(found[looks.length - 1] ?? false);
  });
  timer.start();
  await vi.advanceTimersByTimeAsync(460_000);
  expect(looks).toEqual([60, 180, 420, 430, 440, 460]);
  await vi.advanceTimersByTimeAsync(7_200_000);
  const last = looks.slice(-2);
  expect(last[1]! - last[0]!).toBe(600);
  timer.stop();
  const before = looks.length;
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(looks).toHaveLength(before);
});
