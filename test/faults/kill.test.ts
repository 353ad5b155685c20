import { describe, expect, it } from 'vitest';
import { spaceNamed } from '../support/fake-provider.ts';
import {
  expectNoCanary,
  expectSound,
  storedTexts,
  textsFrom,
} from '../support/faults/cache-oracle.ts';
import { EmbeddingRun } from '../support/faults/run-embedding.ts';
import { FULL } from '../support/faults/tools.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const space = spaceNamed('faulty', 32);
const ROUNDS = FULL ? 200 : 6;
const BATCH = 20;

describe('A1: kill -9 while it writes', () => {
  it(
    `${ROUNDS} rounds: all that was answered is there, and nothing that is not whole`,
    { timeout: ROUNDS * 10_000 },
    async () => {
      const directory = tempDirectory();
      const answered: string[] = [];
      let next = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const run = new EmbeddingRun({ directory, start: next, batch: BATCH, untilStopped: true });
        await run.answered(1 + (round % 5));
        // Anywhere between two answers.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
        await run.kill();
        expect(run.acks.length).toBeGreaterThan(0);
        answered.push(...run.acks.flatMap((ack) => textsFrom(ack, BATCH)));
        const last = run.acks.at(-1)!;
        next = last + 3 * BATCH;
        const asked = textsFrom(last - 4 * BATCH, 8 * BATCH);
        const stored = await storedTexts(directory, space, asked);
        expect(asked.filter((text) => answered.includes(text) && !stored.has(text))).toEqual([]);
        expectSound(directory, space);
        expectNoCanary(directory, run.output);
      }
      expect(await storedTexts(directory, space, answered)).toEqual(new Set(answered));
      const all = textsFrom(0, next);
      const stored = await storedTexts(directory, space, all);
      const { asked } = await new EmbeddingRun({ directory, count: next }).ended();
      expect(asked).toBe(all.length - stored.size);
      expect((await storedTexts(directory, space, all)).size).toBe(all.length);
      expectSound(directory, space);
    },
  );
});
