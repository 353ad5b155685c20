import type { BatchLimits } from './provider.ts';

/** What a text adds to a request. */
export interface TextSize {
  /** Parts it is sent in. Default 1. */
  readonly items?: number;
  readonly tokens: number;
  /** As UTF-8. */
  readonly bytes: number;
}

/**
 * Takes items out of a list for one request within the limits: the first one, and what fits beside
 * it, looking past at most `lookAhead` items that do not fit. An item above a limit all by itself is
 * a request of its own: the provider says what becomes of it. Yields after each item, because
 * counting tokens takes time.
 */
export function* takeBatch<Item>(
  waiting: Item[],
  limits: BatchLimits,
  sizeOf: (item: Item) => TextSize,
  lookAhead = 0,
): Generator<undefined, Item[], undefined> {
  const { maxItems, maxTokens, maxBytes = Infinity } = limits;
  const batch: Item[] = [];
  const passed: Item[] = [];
  const sum = { items: 0, tokens: 0, bytes: 0 };
  let seen = 0;
  for (const item of waiting) {
    const { items = 1, tokens, bytes } = sizeOf(item);
    const fits =
      sum.items + items <= maxItems &&
      sum.tokens + tokens <= maxTokens &&
      sum.bytes + bytes <= maxBytes;
    if (!fits && batch.length > 0) {
      if (passed.length >= lookAhead) break;
      passed.push(item);
    } else {
      batch.push(item);
      sum.items += items;
      sum.tokens += tokens;
      sum.bytes += bytes;
    }
    seen++;
    if (sum.items >= maxItems) break;
    yield;
  }
  waiting.splice(0, seen, ...passed);
  return batch;
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
