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

it('looks often from the start where nobody will tell, and rests longer after a long look', async () => {
  const startedAt = Date.now();
  const looks: number[] = [];
  const timer = new CheckTimer(async () => {
    looks.push((Date.now() - startedAt) / 1000);
    if (looks.length === 3) await new Promise((resolve) => setTimeout(resolve, 3000));
    if (looks.length === 4) await new Promise((resolve) => setTimeout(resolve, 100_000));
    return true;
  });
  timer.start(true);
  await vi.advanceTimersByTimeAsync(240_000);
  expect(looks).toEqual([10, 20, 30, 60, 220, 230, 240]);
  timer.stop();
});
