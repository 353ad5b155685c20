import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenShares } from '../../../server/src/core/usage/token-shares.ts';

describe('shares of a request’s tokens', () => {
  it('are whole numbers that add up to the total, the larger for the larger estimate', () => {
    const weights = fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.nat({ max: 300_000 }), weights, (total, estimates) => {
        const shares = tokenShares(total, estimates);
        const sum = estimates.reduce((a, b) => a + b, 0);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(sum === 0 ? 0 : total);
        for (const [i, share] of shares.entries()) {
          expect(Number.isInteger(share)).toBe(true);
          if (sum > 0)
            expect(Math.abs(share - (total * estimates[i]!) / sum)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
