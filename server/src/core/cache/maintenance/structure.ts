import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../errors.ts';
import type { StructureAnswer, StructureRequest } from './structure-worker.ts';

/** Absolute path of the script of `structure-worker.ts`, and what ends its work. */
export interface StructureOptions {
  readonly workerFile: string;
  readonly signal: AbortSignal;
}

/**
 * What SQLite itself finds wrong with a file: pages, order, indexes. None in a sound one. It does
 * not see a flipped bit inside a vector. Runs in a thread of its own, for seconds in a large file.
 */
export function structureFaultsOf(
  file: string,
  options: StructureOptions,
): Promise<readonly string[]> {
  return inThread({ file, task: 'check' }, options);
}

/**
 * Brings a file's write-ahead log into the file, as far as nobody reads an old state of it: the file
 * becomes as short as it is, and closing it is quick. In a thread of its own: it waits for the disk.
 */
export async function takeLogOver(file: string, options: StructureOptions): Promise<void> {
  await inThread({ file, task: 'takeOver' }, options);
}

async function inThread(
  request: StructureRequest,
  { workerFile, signal }: StructureOptions,
): Promise<readonly string[]> {
  const worker = new Worker(workerFile, { env: {}, workerData: request });
  try {
    const [answer] = (await once(worker, 'message', { signal })) as [StructureAnswer];
    return answer.faults;
  } catch (cause) {
    signal.throwIfAborted();
    throw new Failure('internal', `checking the structure of ${request.file} failed`, { cause });
  } finally {
    await worker.terminate();
  }
}
