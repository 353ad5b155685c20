import type { Parts } from '../parts.ts';

export async function resumeIndexing({ indexing }: Parts): Promise<void> {
  await indexing.resume();
}
