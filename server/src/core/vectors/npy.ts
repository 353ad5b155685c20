import type { ElementType } from './element.ts';

/** Bytes of every header made here, a multiple of 64, whatever the shape. */
export const NPY_HEADER_BYTES = 128;

/** NumPy's names: little-endian floating point, with its bytes. */
const DTYPES: Readonly<Record<ElementType, string>> = {
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
};

/**
 * Header of NumPy's format 1.0 for a matrix in C order. Its length is fixed, so that it can be
 * written first and filled in once the number of rows is known.
 */
export function npyHeader(rows: number, columns: number, element: ElementType): Buffer {
  const description = `{'descr': '${DTYPES[element]}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const preamble = Buffer.from('\u0093NUMPY\u0001\u0000__', 'latin1');
  preamble.writeUInt16LE(NPY_HEADER_BYTES - preamble.length, preamble.length - 2);
  const padded = description.padEnd(NPY_HEADER_BYTES - preamble.length - 1);
  return Buffer.concat([preamble, Buffer.from(`${padded}\n`, 'latin1')]);
}
