import { describe, expect, it } from 'vitest';
import { fromBlob, toBlob } from '../../../server/src/core/vectors/blob.ts';
import { ELEMENT_TYPES } from '../../../server/src/core/vectors/element.ts';
import { inForm } from '../../../server/src/core/vectors/vector-form.ts';
import { norm } from '../../../server/src/core/vectors/vector.ts';

describe.each(ELEMENT_TYPES)('a vector as a %s space keeps it', (element) => {
  const numbers = Array.from({ length: 33 }, (_, i) => Math.sin(i + 1) / 3);

  it.each([true, false])('is the same when it is read back (normalised: %s)', (normalised) => {
    const vector = inForm(numbers, { element, normalised })!;
    expect(fromBlob(toBlob(vector, element), element)).toEqual(vector);
  });

  it('has unit length, or the length the provider gave', () => {
    expect(norm(inForm(numbers, { element, normalised: true })!)).toBeCloseTo(1, 3);
    const asGiven = inForm(numbers, { element, normalised: false })!;
    expect(norm(asGiven)).toBeCloseTo(Math.hypot(...numbers), 3);
  });

  it('is read from a blob that starts at any byte', () => {
    const vector = inForm(numbers, { element, normalised: true })!;
    const blob = toBlob(vector, element);
    for (let offset = 0; offset < 9; offset++) {
      const moved = Buffer.concat([Buffer.alloc(offset), blob]).subarray(offset);
      expect(fromBlob(moved, element)).toEqual(vector);
    }
  });

  it.each([
    ['zeros', [0, -0, 0]],
    ['NaN', [NaN, 1, 0]],
    ['an infinity', [1, -Infinity, 0]],
    ['nothing', []],
  ])('is none where the provider gave %s', (_, given) => {
    expect(inForm(given, { element, normalised: true })).toBeNull();
    expect(inForm(given, { element, normalised: false })).toBeNull();
  });
});

describe('numbers that leave the range of their element type', () => {
  it.each([
    ['float32', [1e39, 0], null],
    ['float32', [1e-60, 0], null],
    ['float64', [1e39, 0], [1e39, 0]],
    ['float16', [70_000, 0], null],
    ['float16', [1e-9, 0], null],
  ] as const)('%s: %j is %j', (element, given, kept) => {
    const vector = inForm(given, { element, normalised: false });
    expect(vector && [...vector]).toEqual(kept);
  });

  it.each([1e200, 1e-200])('may have squares outside it: numbers about %d', (scale) => {
    const vector = inForm([3 * scale, 4 * scale], { element: 'float64', normalised: true })!;
    expect(vector[0]).toBeCloseTo(0.6, 15);
    expect(vector[1]).toBeCloseTo(0.8, 15);
  });
});
