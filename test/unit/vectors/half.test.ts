import { describe, expect, it } from 'vitest';
import { halfBitsOf, numberOfHalf } from '../../../server/src/core/vectors/half.ts';

/** The number of 16 bits as the engine reads it, by way of float32 (IEEE 754-2019, 3.4). */
const oracle = new DataView(new ArrayBuffer(4));
const ALL = Array.from({ length: 65_536 }, (_, bits) => bits);

describe('half-precision numbers', () => {
  it('are read as their bits say, all 65,536 of them', () => {
    for (const bits of ALL) expect(numberOfHalf(bits)).toBe(numberByFloat32(bits));
  });

  it('come back with the same bits, but that there is one NaN', () => {
    for (const bits of ALL) {
      const number = numberOfHalf(bits);
      expect(halfBitsOf(number)).toBe(Number.isNaN(number) ? 0x7e00 : bits);
    }
  });

  it('round to the nearest, between two equally near to the one with an even last bit', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [below, above] = [numberOfHalf(bits), numberOfHalf(bits + 1)];
      const middle = (below + above) / 2;
      expect(halfBitsOf(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
      expect(halfBitsOf(middle - middle * 2 ** -40)).toBe(bits);
      expect(halfBitsOf(middle + middle * 2 ** -40)).toBe(bits + 1);
      expect(halfBitsOf(-middle)).toBe(0x8000 | halfBitsOf(middle));
    }
  });

  it('are infinite from halfway past the largest, and zero below half the smallest', () => {
    expect(halfBitsOf(65_519.99)).toBe(0x7bff);
    expect(halfBitsOf(65_520)).toBe(0x7c00);
    expect(halfBitsOf(-1e300)).toBe(0xfc00);
    expect(halfBitsOf(2 ** -25)).toBe(0);
    expect(halfBitsOf(-(2 ** -26))).toBe(0x8000);
  });
});

/** Moves sign, exponent and mantissa to their places in a float32; subnormals by their unit. */
function numberByFloat32(bits: number): number {
  const exponent = (bits >> 10) & 31;
  if (exponent === 0) return (bits & 0x8000 ? -1 : 1) * (bits & 1023) * 2 ** -24;
  const wide = exponent === 31 ? 255 : exponent + 112;
  oracle.setUint32(0, ((bits & 0x8000) << 16) | (wide << 23) | ((bits & 1023) << 13));
  return oracle.getFloat32(0);
}
