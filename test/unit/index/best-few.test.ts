import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BestFew } from '../../../server/src/core/index/best-few.ts';

describe('the best few', () => {
  it('are those that sorting all would give, however many came and in whatever order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        // Few different scores, so that many are equal.
        fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 3000, size: 'max' }),
        (limit, scores) => {
          const best = new BestFew(limit);
          scores.forEach((score, i) => {
            if (score > best.worst) best.add(i + 1, score, score / 100);
          });
          const found = best.sorted();
          const expected = [...scores].sort((a, b) => b - a).slice(0, limit);
          expect(found.map(({ score }) => score)).toEqual(expected);
          for (const { id, score, error } of found) {
            expect([scores[id - 1], error]).toEqual([score, score / 100]);
          }
          expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
          expect(best.worst).toBe(scores.length > limit ? expected.at(-1) : -Infinity);
        },
      ),
      { numRuns: 100 },
    );
  });
});
