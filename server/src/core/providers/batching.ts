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
 * All items, in order, in consecutive requests within the limits. An item above a limit all by itself
 * is a request of its own: the provider says what becomes of it.
 */
export function batchesOf<Item>(
  items: readonly Item[],
  limits: BatchLimits,
  sizeOf: (item: Item) => TextSize,
): Item[][] {
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let room = new Room(limits);
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && !room.fits(size)) {
      batches.push(batch);
      batch = [];
      room = new Room(limits);
    }
    batch.push(item);
    room.take(size);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/**
 * Takes items out of a list for one request within the limits: the first one, and what fills the
 * request best, of as many as could go and `lookAhead` more. The first one is always taken, so none
 * waits for ever. Yields after each size that is asked for, because counting tokens takes time.
 */
export function* takeBatch<Item>(
  waiting: Item[],
  limits: BatchLimits,
  sizeOf: (item: Item) => TextSize,
  lookAhead: number,
): Generator<undefined, Item[], undefined> {
  const inReach: Sized<Item>[] = [];
  for (const item of waiting.slice(0, limits.maxItems + lookAhead)) {
    const { items = 1, tokens, bytes } = sizeOf(item);
    inReach.push({ item, items, tokens, bytes, share: tokens / items });
    yield;
  }
  const [first, ...others] = inReach;
  if (first === undefined) return [];
  const room = new Room(limits);
  room.take(first);
  const taken = new Set([first]);
  for (const next of mostFilling(others, limits, room)) {
    if (!room.fits(next)) continue;
    room.take(next);
    taken.add(next);
    if (room.items <= 0) break;
  }
  const left = inReach.filter((each) => !taken.has(each));
  waiting.splice(0, inReach.length, ...left.map(({ item }) => item));
  // In their order, whatever the order they were chosen in.
  return inReach.filter((each) => taken.has(each)).map(({ item }) => item);
}

interface Sized<Item> extends Required<TextSize> {
  readonly item: Item;
  /** Tokens of one of its parts. */
  readonly share: number;
}

/**
 * The items in the order in which they should be tried. Where most are so short that a request runs
 * out of items while tokens are left, long and short ones are mixed so that both run out together:
 * a few long ones among ten thousand short ones cost a tenth more requests otherwise.
 */
function* mostFilling<Item>(
  items: readonly Sized<Item>[],
  { maxItems, maxTokens }: BatchLimits,
  room: Room,
): Generator<Sized<Item>> {
  const byShare = [...items].sort((a, b) => a.share - b.share);
  const middle = byShare[byShare.length >> 1]?.share ?? 0;
  const longest = byShare.at(-1)?.share ?? 0;
  if (middle >= maxTokens / maxItems || longest * maxItems <= maxTokens) {
    yield* items;
    return;
  }
  for (let shortest = 0, last = byShare.length - 1; shortest <= last;) {
    yield byShare[room.tokens / room.items > middle ? last-- : shortest++]!;
  }
}

/** What may still be put into a request. */
class Room {
  items: number;
  tokens: number;
  #bytes: number;

  constructor({ maxItems, maxTokens, maxBytes = Infinity }: BatchLimits) {
    this.items = maxItems;
    this.tokens = maxTokens;
    this.#bytes = maxBytes;
  }

  fits({ items = 1, tokens, bytes }: TextSize): boolean {
    return items <= this.items && tokens <= this.tokens && bytes <= this.#bytes;
  }

  take({ items = 1, tokens, bytes }: TextSize): void {
    this.items -= items;
    this.tokens -= tokens;
    this.#bytes -= bytes;
  }
}
