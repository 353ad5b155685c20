import type { BatchLimits } from './provider.ts';

/** What a text adds to a request. */
export interface TextSize {
  readonly tokens: number;
  /** As UTF-8. */
  readonly bytes: number;
}

/**
 * Takes items off the front of a list for one request within the limits. An item above a limit all
 * by itself is a request of its own: the provider says what becomes of it. Yields after each item,
 * because counting tokens takes time.
 */
export function* takeBatch<Item>(
  waiting: Item[],
  limits: BatchLimits,
  sizeOf: (item: Item) => TextSize,
): Generator<undefined, Item[], undefined> {
  let count = 0;
  let tokens = 0;
  let bytes = 0;
  for (const item of waiting) {
    const size = sizeOf(item);
    tokens += size.tokens;
    bytes += size.bytes;
    const full =
      count >= limits.maxItems ||
      tokens > limits.maxTokens ||
      bytes > (limits.maxBytes ?? Infinity);
    if (full && count > 0) break;
    count++;
    yield;
  }
  return waiting.splice(0, count);
}

/** All items, in order, in the fewest consecutive requests within the limits. */
export function batchesOf<Item>(
  items: readonly Item[],
  limits: BatchLimits,
  sizeOf: (item: Item) => TextSize,
): Item[][] {
  const waiting = [...items];
  const batches: Item[][] = [];
  while (waiting.length > 0) {
    const taking = takeBatch(waiting, limits, sizeOf);
    let step = taking.next();
    while (step.done !== true) step = taking.next();
    batches.push(step.value);
  }
  return batches;
}
