import type { Parts } from '../parts.ts';

/** Ends the run under way, paused or not; what it embedded stays in the cache. */
export async function cancelIndexing({ indexing }: Parts): Promise<void> {
  indexing.cancel();
  if (indexing.paused) await indexing.resume();
}
