import type { Parts } from '../parts.ts';

/** Lets the run under way rest; it stays so until it is resumed, over a reload too. */
export async function pauseIndexing({ indexing }: Parts): Promise<void> {
  await indexing.pause();
}
