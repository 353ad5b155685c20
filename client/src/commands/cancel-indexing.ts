import type { Parts } from '../parts.ts';

/** Ends the run under way; what it embedded stays in the cache. */
export function cancelIndexing(parts: Parts): void {
  parts.indexing.cancel();
}
