import type { IndexProgress } from '../../../server/protocol/index-report.ts';

/**
 * How much of a run is done, 0 to 1. Until every file is read the number of chunks is not known, so
 * reading and embedding each count as half.
 */
export function indexedShare(progress: IndexProgress): number {
  const { filesDone, filesTotal, chunksDone, chunksTotal } = progress;
  const read = filesTotal === 0 ? 0 : filesDone / filesTotal;
  const embedded = chunksTotal === 0 ? 0 : chunksDone / chunksTotal;
  return Math.min(1, (read + read * embedded) / 2);
}
