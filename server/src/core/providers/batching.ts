import type { BatchLimits } from './provider.ts';

/**
 * Cuts items, in order, into the fewest consecutive batches within the limits. An item above
 * `maxTokens` all by itself is a batch of its own: the provider says what becomes of it.
 */
export function batchesOf<Item>(
  items: readonly Item[],
  limits: BatchLimits,
  countTokens: (item: Item) => number,
): Item[][] {
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let tokensInBatch = 0;
  for (const item of items) {
    const tokens = countTokens(item);
    const full = batch.length >= limits.maxItems || tokensInBatch + tokens > limits.maxTokens;
    if (full && batch.length > 0) {
      batches.push(batch);
      batch = [];
      tokensInBatch = 0;
    }
    batch.push(item);
    tokensInBatch += tokens;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
