import type { EmbeddingSpace } from '../keys/space.ts';
import { fromBlob, toBlob } from '../vectors/blob.ts';
import { BYTES_PER_NUMBER } from '../vectors/element.ts';
import { hasDirection, type Vector } from '../vectors/vector.ts';
import { checksumOf } from './checksum.ts';

export interface StoredVector {
  readonly vector: Buffer;
  readonly checksum: number;
}

/** A vector as its space stores it. Throws RangeError for what the space cannot hold. */
export function blobOf({ dimensions, element }: EmbeddingSpace, vector: Vector): Buffer {
  if (vector.length !== dimensions) {
    throw new RangeError(
      `a vector of ${vector.length} numbers was put into a space of ${dimensions}`,
    );
  }
  const blob = toBlob(vector, element);
  if (!hasDirection(fromBlob(blob, element))) {
    throw new RangeError(`a vector that is all zeros or not finite in ${element}`);
  }
  return blob;
}

/** Null for a row whose bytes are damaged, or stand for no vector. */
export function wholeVectorOf(
  space: EmbeddingSpace,
  hash: Buffer,
  row: StoredVector,
): Vector | null {
  if (row.vector.length !== space.dimensions * BYTES_PER_NUMBER[space.element]) return null;
  if (row.checksum !== checksumOf(hash, row.vector)) return null;
  const vector = fromBlob(row.vector, space.element);
  return hasDirection(vector) ? vector : null;
}
