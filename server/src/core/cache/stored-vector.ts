import type { EmbeddingSpace } from '../keys/space.ts';
import { fromBlob } from '../vectors/blob.ts';
import { BYTES_PER_NUMBER } from '../vectors/element.ts';
import { hasDirection, type Vector } from '../vectors/vector.ts';
import { checksumOf } from './checksum.ts';

export interface StoredVector {
  readonly vector: Buffer;
  readonly checksum: number;
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
