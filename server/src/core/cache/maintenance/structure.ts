import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../errors.ts';
import type { StructureAnswer, StructureRequest } from './structure-worker.ts';

/**
 * What SQLite itself finds wrong with a file: pages, order, indexes. None in a sound one. It does
 * not see a flipped bit inside a vector. Runs in a thread of its own, for seconds in a large file.
 */
export async function structureFaultsOf(
  file: string,
  { workerFile, signal }: { workerFile: string; signal: AbortSignal },
): Promise<readonly string[]> {
  const request: StructureRequest = { file };
  const worker = new Worker(workerFile, { env: {}, workerData: request });
  try {
    const [answer] = (await once(worker, 'message', { signal })) as [StructureAnswer];
    return answer.faults;
  } catch (cause) {
    signal.throwIfAborted();
    throw new Failure('internal', `checking the structure of ${file} failed`, { cause });
  } finally {
    await worker.terminate();
  }
}
