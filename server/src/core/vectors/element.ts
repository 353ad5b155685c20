/** How one number of a stored vector is written, little-endian. */
export type ElementType = 'float32' | 'float64' | 'float16';

export const ELEMENT_TYPES = ['float32', 'float64', 'float16'] as const;

export const BYTES_PER_NUMBER: Readonly<Record<ElementType, number>> = {
  float16: 2,
  float32: 4,
  float64: 8,
};
