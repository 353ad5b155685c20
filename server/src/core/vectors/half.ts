/**
 * IEEE 754 half-precision numbers as their 16 bits. Own code, because Node 22, which VS Code brings,
 * has no Float16Array.
 */

const SMALLEST_NORMAL = 2 ** -14;
/** Halfway between the largest half, 65504, and what would come next: from here it is infinite. */
const TOO_LARGE = 65_520;
const INFINITE = 0x7c00;
const NOT_A_NUMBER = 0x7e00;

/** Bits of the half nearest to a number; of two equally near the one whose last bit is 0. */
export function halfBitsOf(x: number): number {
  if (Number.isNaN(x)) return NOT_A_NUMBER;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size >= TOO_LARGE) return sign | INFINITE;
  if (size < SMALLEST_NORMAL) return sign | roundToEven(size * 2 ** 24);
  const exponent = exponentOf(size);
  // A mantissa rounded up to 2048 carries into the exponent, as it should.
  const mantissa = roundToEven(size * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + mantissa);
}

/** The number that 16 bits stand for; every half is exactly a float32. */
export function numberOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** The largest e with 2^e ≤ size; Math.log2 alone may be off by one beside a power of two. */
function exponentOf(size: number): number {
  const guess = Math.floor(Math.log2(size));
  if (2 ** guess > size) return guess - 1;
  return 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
