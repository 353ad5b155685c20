import type { ElementType } from '../../core/vectors/element.ts';
import type { Vector } from '../../core/vectors/vector.ts';
import type { Matrix } from './api.ts';

/** Room for so many vectors. Zeros, which the system gives without touching the memory. */
export function emptyMatrix(rows: number, columns: number, element: ElementType): Matrix {
  const data: Vector =
    element === 'float64' ? new Float64Array(rows * columns) : new Float32Array(rows * columns);
  return {
    data,
    shape: [rows, columns],
    element,
    row: (index) => data.subarray(index * columns, (index + 1) * columns),
  };
}

/** A matrix's rows, or vectors as they are. */
export function rowsOf(vectors: readonly ArrayLike<number>[] | Matrix): ArrayLike<number>[] {
  if (!('shape' in vectors)) return [...vectors];
  return Array.from({ length: vectors.shape[0] }, (_, i) => vectors.row(i));
}
