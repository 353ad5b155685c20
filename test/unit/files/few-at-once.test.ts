import { expect, it } from 'vitest';
import { FewAtOnce } from '../../../server/src/core/files/few-at-once.ts';

it('runs so many tasks at once, the others in the order they came, failed ones included', async () => {
  const few = new FewAtOnce(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const results = gates.map(({ promise }, i) =>
    few.run(() => {
      started.push(i);
      return promise;
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);

  gates[1]!.reject(new Error('broken'));
  await expect(results[1]).rejects.toThrow('broken');
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2]);

  for (const [i, gate] of gates.entries()) gate.resolve(i);
  expect(await Promise.all(results.filter((_, i) => i !== 1))).toEqual([0, 2, 3, 4]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
