import { availableParallelism } from 'node:os';
import { createChunker } from '../../chunks/create-chunker.ts';
import { grammarsBeside } from '../../chunks/grammars.ts';
import type { Logger } from '../../logger.ts';
import { EmbeddedProvider } from '../../providers/embedded.ts';
import type { ProviderPair } from '../../providers/provider.ts';
import { readyChunker, type ReadyChunker } from '../ready-chunk.ts';
import { createPooledChunker } from './pooled-chunker.ts';
import { createPooledModel } from './pooled-model.ts';
import { poolSizeOf, type Effort } from './pool-size.ts';
import { WorkerPool } from './worker-pool.ts';

export interface IndexThreadsOptions {
  readonly effort: Effort;
  /** Absolute path of the embedded model's file; the grammars lie by it. */
  readonly modelFile: string;
  /** Absolute path of the script of `index-worker.ts`; undefined: the work is done in this thread. */
  readonly indexWorker: string | undefined;
  readonly logger: Logger;
}

/** CPU-heavy parts of indexing, off the event loop. */
export interface IndexThreads {
  readonly chunker: ReadyChunker;
  /** Documents are embedded in threads where the model is the built-in one. */
  withModel(pair: ProviderPair): ProviderPair;
  close(): Promise<void>;
}

export function createIndexThreads(options: IndexThreadsOptions): IndexThreads {
  const { effort, modelFile, indexWorker, logger } = options;
  const grammarsFolder = grammarsBeside(modelFile);
  if (indexWorker === undefined) {
    const chunker = readyChunker(createChunker(grammarsFolder));
    return { chunker, withModel: (pair) => pair, close: () => Promise.resolve() };
  }
  const pool = new WorkerPool({
    file: indexWorker,
    setup: { grammarsFolder, modelFile },
    size: poolSizeOf(effort, availableParallelism()),
    gentle: effort === 'low',
  });
  return {
    chunker: createPooledChunker(pool, logger),
    withModel: (pair) =>
      pair.document instanceof EmbeddedProvider
        ? { ...pair, document: createPooledModel(pair.document, pool) }
        : pair,
    close: () => pool.close(),
  };
}
