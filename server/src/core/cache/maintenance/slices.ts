import { setTimeout as delay } from 'node:timers/promises';
import { retryWhileBusy } from '../busy-retry.ts';
import { databaseFailure } from '../database-failure.ts';
import { withConnection, writeOn, type Connection, type Database } from '../database.ts';

/** Longest stretch of synchronous work: nobody waits noticeably for the event loop. */
const SLICE_MS = 6;
/** Others who want to write, or to answer a query, get their turn between two slices. */
const PAUSE_MS = 2;

/**
 * Rows of a query that ends in `WHERE id > ? ORDER BY id`, some milliseconds' worth at a time, each
 * slice as the table is then. Throws the signal's reason between two slices.
 */
export async function* rowSlices<Row extends { readonly id: number }>(
  db: Database,
  select: string,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  let last = Number.MIN_SAFE_INTEGER;
  for (;;) {
    signal.throwIfAborted();
    const from = last;
    const rows = await withConnection(db, (connection) => rowsAfter<Row>(connection, select, from));
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)!.id;
    await delay(PAUSE_MS);
  }
}

interface SliceOptions {
  readonly signal: AbortSignal;
  /** Awaited before the next slice. */
  readonly onSlice?: (done: number) => void | Promise<void>;
}

/** Does a write for each item, a slice of them in one transaction. */
export function writeInSlices<Item>(
  db: Database,
  items: readonly Item[],
  write: (connection: Connection, item: Item) => void,
  options: SliceOptions,
): Promise<void> {
  return inSlices(items, options, (slice) => writing(db, (connection) => slice(write, connection)));
}

/** Does a read for each item. */
export function readInSlices<Item>(
  db: Database,
  items: readonly Item[],
  read: (connection: Connection, item: Item) => void,
  options: SliceOptions,
): Promise<void> {
  return inSlices(items, options, (slice) =>
    withConnection(db, (connection) => slice(read, connection)),
  );
}

type Each<Item> = (connection: Connection, item: Item) => void;
/** Gives the place it came to. */
type Slice<Item> = (each: Each<Item>, connection: Connection) => number;

async function inSlices<Item>(
  items: readonly Item[],
  { signal, onSlice }: SliceOptions,
  run: (slice: Slice<Item>) => Promise<number>,
): Promise<void> {
  for (let start = 0; start < items.length;) {
    signal.throwIfAborted();
    const from = start;
    start = await run((each, connection) => {
      const until = performance.now() + SLICE_MS;
      let next = from;
      do each(connection, items[next++]!);
      while (next < items.length && performance.now() < until);
      return next;
    });
    await onSlice?.(start - from);
    await delay(PAUSE_MS);
  }
}

/** One transaction, waited for while another process writes. */
export async function writing<T>(db: Database, write: (connection: Connection) => T): Promise<T> {
  try {
    return await retryWhileBusy(() =>
      withConnection(db, (connection) => writeOn(connection, () => write(connection))),
    );
  } catch (error) {
    throw databaseFailure('maintaining the cache', error);
  }
}

function rowsAfter<Row>(connection: Connection, select: string, id: number): Row[] {
  const until = performance.now() + SLICE_MS;
  const rows: Row[] = [];
  for (const row of connection.prepare(select).iterate(id)) {
    rows.push(row as Row);
    if (performance.now() >= until) break;
  }
  return rows;
}
