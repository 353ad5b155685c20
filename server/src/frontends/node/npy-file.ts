import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toBlob } from '../../core/vectors/blob.ts';
import { npyHeader } from '../../core/vectors/npy.ts';
import type { Matrix } from './api.ts';

/** The file's parts in order; the numbers are not copied where they are kept as they are in memory. */
export function npyParts({ data, shape: [rows, columns], element }: Matrix): Buffer[] {
  return [npyHeader(rows, columns, element), toBlob(data, element)];
}

export async function writeNpyFile(file: string, matrix: Matrix): Promise<void> {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    await writeFile(beside, npyParts(matrix));
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
