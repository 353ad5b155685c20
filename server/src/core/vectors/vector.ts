/** float32 numbers; unit length unless the space says otherwise. */
export type Vector = Float32Array;

/** Little-endian float32 bytes of a vector, 4 × dimensions long. */
export function toBlob(vector: Vector): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copies, because a Buffer's offset need not be a multiple of 4. */
export function fromBlob(blob: Buffer): Vector {
  const bytes = new Uint8Array(blob.byteLength);
  bytes.set(blob);
  return new Float32Array(bytes.buffer);
}

export function norm(vector: Vector): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

/** A copy scaled to unit length. Throws RangeError for a vector without a direction. */
export function unit(vector: Vector): Vector {
  const length = norm(vector);
  if (!Number.isFinite(length) || length === 0) {
    throw new RangeError('a vector of zeros or of non-finite numbers has no direction');
  }
  return vector.map((x) => x / length);
}

/** Inner product; for unit vectors the cosine of their angle. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
