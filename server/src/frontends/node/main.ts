/**
 * Embeddings with a cache: no text is ever embedded twice. One directory holds every vector, shared
 * by all programs of a user, the `embeddingcache` command and the VS Code extension.
 *
 * @packageDocumentation
 */

import path from 'node:path';
import type { Cache, CacheOptions, Matrix } from './api.ts';
import { npyParts, writeNpyFile } from './npy-file.ts';

export * from './api.ts';

/**
 * Opens the cache in its directory, which any number of processes may have open.
 *
 * @example
 * ```js
 * const cache = await openCache();
 * const { data, shape } = await cache.getEmbeddings(['red', 'green', 'red']);
 * await cache.close();
 * ```
 * @throws Error where this Node.js is too old, or the directory belongs to another user.
 */
export async function openCache(options: CacheOptions = {}): Promise<Cache> {
  const { nodeTooOld } = await import('../../core/node-version.ts');
  const refusal = nodeTooOld(process.versions);
  // The database driver would end the process without a word.
  if (refusal !== null) throw new Error(refusal);
  const { openNodeCache } = await import('./node-cache.ts');
  return openNodeCache(options, {
    modelFile: path.join(__dirname, '../model/code-static-256.bin'),
    structureWorker: path.join(__dirname, '../workers/structure-worker.js'),
    modelProcess: path.join(__dirname, '../workers/model-process.js'),
  });
}

/** A matrix in NumPy's `.npy` format: header and numbers, little-endian, in C order. */
export function toNpy(matrix: Matrix): Uint8Array {
  return Buffer.concat(npyParts(matrix));
}

/** Writes a matrix for `numpy.load`. The file appears under its name only when it is complete. */
export async function writeNpy(file: string, matrix: Matrix): Promise<void> {
  await writeNpyFile(file, matrix);
}
