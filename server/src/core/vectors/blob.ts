import { BYTES_PER_NUMBER, type ElementType } from './element.ts';
import { halfBitsOf, numberOfHalf } from './half.ts';
import type { Vector } from './vector.ts';

/** Little-endian bytes of a vector, as stored. May share the vector's memory. */
export function toBlob(vector: Vector, element: ElementType): Buffer {
  const numbers = numbersOf(vector, element);
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The vector a blob of whole numbers holds. Shares the blob's memory where that is aligned. */
export function fromBlob(blob: Buffer, element: ElementType): Vector {
  const size = BYTES_PER_NUMBER[element];
  const { buffer, byteOffset } = blob.byteOffset % size === 0 ? blob : new Uint8Array(blob);
  const count = blob.byteLength / size;
  switch (element) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, count), numberOfHalf);
  }
}

function numbersOf(vector: Vector, element: ElementType): Vector | Uint16Array {
  switch (element) {
    case 'float16':
      return Uint16Array.from(vector, halfBitsOf);
    case 'float32':
      return vector instanceof Float32Array ? vector : Float32Array.from(vector);
    case 'float64':
      return vector instanceof Float64Array ? vector : Float64Array.from(vector);
  }
}
