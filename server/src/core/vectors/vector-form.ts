import type { ElementType } from './element.ts';
import { halfBitsOf, numberOfHalf } from './half.ts';
import { hasDirection, toUnit, type Vector } from './vector.ts';

/** How the vectors of a space are kept. */
export interface VectorForm {
  readonly element: ElementType;
  /** Scaled to unit length before they are stored. */
  readonly normalised: boolean;
}

export const STANDARD_FORM: VectorForm = { element: 'float32', normalised: true };

/**
 * A provider's numbers as their space keeps them, so that a first answer equals every later hit.
 * Null for what has no direction in that form: NaN, an infinity (1e39 is one in float32), all zeros.
 */
export function inForm(
  numbers: ArrayLike<number>,
  { element, normalised }: VectorForm,
): Vector | null {
  let vector = element === 'float64' ? Float64Array.from(numbers) : float32Of(numbers);
  if (!hasDirection(vector)) return null;
  if (normalised) vector = toUnit(vector);
  if (element === 'float16') vector = vector.map((x) => numberOfHalf(halfBitsOf(x)));
  return hasDirection(vector) ? vector : null;
}

function float32Of(numbers: ArrayLike<number>): Float32Array {
  return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
}
