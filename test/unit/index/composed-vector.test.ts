import { describe, expect, it } from 'vitest';
import { composeVector } from '../../../server/src/core/index/composed-vector.ts';
import { dot, norm } from '../../../server/src/core/vectors/vector.ts';

const weights = { path: 0.5, symbols: 0.35 };
const x = Float32Array.of(3, 0);
const y = Float32Array.of(0, 0.1);

describe('a composed vector', () => {
  it('has unit length and leans towards its fields by their weights, whatever their length', () => {
    const composed = composeVector(x, { path: y, symbols: undefined }, weights);
    expect(norm(composed)).toBeCloseTo(1, 6);
    expect(composed[1]! / composed[0]!).toBeCloseTo(0.5, 6);
  });

  it('is the body’s direction where there are no fields, and leaves the body as it was', () => {
    const composed = composeVector(x, { path: undefined, symbols: undefined }, weights);
    expect(dot(composed, Float32Array.of(1, 0))).toBeCloseTo(1, 6);
    expect([...x]).toEqual([3, 0]);
  });
});
