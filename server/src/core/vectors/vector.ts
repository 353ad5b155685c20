/**
 * A vector's numbers: float64 in a float64 space, else float32, which holds every half exactly.
 * Unit length unless the space says otherwise.
 */
export type Vector = Float32Array | Float64Array;

const UNIT_TOLERANCE = 1e-6;

/** Finite numbers, not all of them zero. */
export function hasDirection(vector: Vector): boolean {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += Math.abs(vector[i]!);
  return sum > 0 && sum < Infinity;
}

export function norm(vector: Vector): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  // Squares of float64 numbers may leave its range where the numbers themselves do not.
  return sum > 0 && sum < Infinity ? Math.sqrt(sum) : Math.hypot(...vector);
}

/** A copy scaled to unit length. Throws RangeError for a vector without a direction. */
export function unit<V extends Vector>(vector: V): V {
  const length = norm(vector);
  if (!Number.isFinite(length) || length === 0) {
    throw new RangeError('a vector of zeros or of non-finite numbers has no direction');
  }
  const scaled = vector.slice() as V;
  for (let i = 0; i < scaled.length; i++) scaled[i]! /= length;
  return scaled;
}

/** The vector itself where it is unit length already, so that its bits stay; else a scaled copy. */
export function toUnit<V extends Vector>(vector: V): V {
  return Math.abs(norm(vector) - 1) <= UNIT_TOLERANCE ? vector : unit(vector);
}

/** Inner product; for unit vectors the cosine of their angle. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
