import { createHash } from 'node:crypto';

/**
 * The unit vector the counting server gives a text: f(sha256(model + dimensions + text)). Tests
 * compare every vector they read with it, bit by bit: one that belongs to another text, model or
 * length cannot be equal.
 */
export function expectedVector(text: string, model: string, dimensions: number): Float32Array {
  const seed = createHash('sha256').update(`${model}\n${dimensions}\n${text}`, 'utf8').digest();
  const numbers = new Float64Array(dimensions);
  for (let i = 0; i < dimensions; i += 8) {
    const block = createHash('sha256').update(seed).update(String(i)).digest();
    for (let k = 0; k < Math.min(8, dimensions - i); k++) {
      numbers[i + k] = block.readInt32LE(4 * k) / 2 ** 31;
    }
  }
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (x) => x / length);
}
