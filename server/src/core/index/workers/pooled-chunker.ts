import { CHUNKER_NAME } from '../../chunks/create-chunker.ts';
import { chunkByLines } from '../../chunks/line-chunker.ts';
import type { Logger } from '../../logger.ts';
import { readyChunk, type ReadyChunk, type ReadyChunker } from '../ready-chunk.ts';
import { WorkerCrash, type WorkerPool } from './worker-pool.ts';

/** Cuts files in worker threads. A file that ends its worker twice is cut by lines. */
export function createPooledChunker(pool: WorkerPool, logger: Logger): ReadyChunker {
  return {
    name: CHUNKER_NAME,
    async chunk(path: string, text: string, signal?: AbortSignal): Promise<ReadyChunk[]> {
      try {
        return await pool.run({ kind: 'chunk', path, text }, signal);
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        logger.warn(`a file could not be parsed and is cut by lines: ${error.message}`);
        return chunkByLines(text).map((chunk) => readyChunk(chunk));
      }
    },
  };
}
