import path from 'node:path';

/** Script of the threads that index, from its source. */
export const INDEX_WORKER = path.resolve(
  import.meta.dirname,
  '../../server/src/core/index/workers/index-worker.ts',
);
