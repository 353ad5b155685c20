import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PauseGate } from '../../../server/src/core/index/pause-gate.ts';
import { TimeLeft } from '../../../server/src/core/index/time-left.ts';

const { signal } = new AbortController();

async function isOpen(gate: PauseGate): Promise<boolean> {
  return Promise.race([gate.pass(signal).then(() => true), wait(20).then(() => false)]);
}

describe('the gate of indexing', () => {
  it('is shut while paused and lets through what waits when resumed', async () => {
    const gate = new PauseGate();
    expect(await isOpen(gate)).toBe(true);
    gate.paused = true;
    let through = false;
    const passed = gate.pass(signal).then(() => (through = true));
    await wait(20);
    expect(through).toBe(false);
    gate.paused = false;
    await passed;
    expect(await isOpen(gate)).toBe(true);
  });

  it('is shut while any query is asked, also one that fails', async () => {
    const gate = new PauseGate();
    const first = Promise.withResolvers<string>();
    const second = Promise.withResolvers<string>();
    const answers = [gate.during(() => first.promise), gate.during(() => second.promise)];
    first.resolve('an answer');
    expect(await answers[0]).toBe('an answer');
    expect(await isOpen(gate)).toBe(false);
    second.reject(new Error('no answer'));
    await expect(answers[1]).rejects.toThrow('no answer');
    expect(await isOpen(gate)).toBe(true);
  });

  it('does not hold what is cancelled', async () => {
    const gate = new PauseGate();
    gate.paused = true;
    const controller = new AbortController();
    const passed = gate.pass(controller.signal);
    controller.abort();
    await expect(passed).rejects.toMatchObject({ name: 'AbortError' });
    await expect(gate.pass(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the time left', () => {
  it('follows from the work done, not counting rests', () => {
    let now = 0;
    const left = new TimeLeft(1000, () => now);
    expect(left.seconds).toBeNull();
    now += 2000;
    left.did(100);
    expect(left.seconds).toBe(18);
    now += 3_600_000;
    left.rested();
    now += 2000;
    left.did(100);
    expect(left.seconds).toBe(16);
    left.did(800);
    expect(left.seconds).toBe(0);
  });
});
