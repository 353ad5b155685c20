import { describe, expect, it } from 'vitest';
import { POOLINGS } from '../../../../server/src/core/providers/transformers/local-model.ts';
import {
  poolTokens,
  shortened,
} from '../../../../server/src/core/providers/transformers/token-pooling.ts';

const isToken = [false, true, true, false];
// The first and the last row only fill up, on whichever side.
const numbers = Float32Array.of(99, 99, 1, 4, 3, 2, 99, 99);

describe('poolTokens', () => {
  it.each([
    ['cls', [1, 4]],
    ['lasttoken', [3, 2]],
    ['max', [3, 4]],
    ['mean', [2, 3]],
    ['mean_sqrt_len', [4 / Math.SQRT2, 6 / Math.SQRT2].map(Math.fround)],
  ] as const)('takes %s of a text’s own tokens only', (pooling, expected) => {
    expect([...poolTokens({ numbers, width: 2, isToken }, [pooling])]).toEqual(expected);
  });

  it('puts several one after the other', () => {
    expect(poolTokens({ numbers, width: 2, isToken }, POOLINGS)).toHaveLength(10);
    expect([...poolTokens({ numbers, width: 2, isToken }, ['cls', 'mean'])]).toEqual([1, 4, 2, 3]);
  });
});

describe('shortened', () => {
  it('keeps the beginning, at unit length where the model’s own vectors have it', () => {
    expect([...shortened(Float32Array.of(3, 4, 5), 2, false)]).toEqual([3, 4]);
    expect([...shortened(Float32Array.of(3, 4, 5), 2, true)]).toEqual([0.6, 0.8].map(Math.fround));
    expect([...shortened(Float32Array.of(0, 0, 5), 2, true)]).toEqual([0, 0]);
  });
});
