import { setTimeout as delay } from 'node:timers/promises';
import { withConnection, type Connection, type Database } from '../database.ts';
import { Prepared } from '../prepared.ts';
import type { LogKeeper } from './log-keeper.ts';
import { rowSlices, writeInSlices, writing } from './slices.ts';

/** Pages moved in one transaction: a few milliseconds. */
const PAGES = 64;
const PAUSE_MS = 2;
/** Fuller than this, pages are left as they are. */
const ENOUGH = 0.8;

/** A table whose rows are many. */
export interface RowTable {
  readonly ids: string;
  readonly move: string;
}

export const EMBEDDING_TABLE: RowTable = {
  // The same ids as in `embedding`, in far fewer pages.
  ids: 'SELECT id FROM lastUse WHERE id > ? ORDER BY id',
  move: 'UPDATE OR IGNORE embedding SET id = ? WHERE id = ?',
};

export const TEXT_TABLE: RowTable = {
  ids: 'SELECT id FROM hashstring WHERE id > ? ORDER BY id',
  move: 'UPDATE OR IGNORE hashstring SET id = ? WHERE id = ?',
};

/** Bytes of the pages that hold something. */
export async function usedBytes(db: Database): Promise<number> {
  return withConnection(db, (connection) => {
    const pages = numberOf(connection, 'page_count') - numberOf(connection, 'freelist_count');
    return pages * numberOf(connection, 'page_size');
  });
}

/**
 * Gives the room of removed rows back to the disk, in short transactions, while others read and
 * write. Rows that were removed here and there leave pages half empty; then the last rows are moved
 * into the gaps first.
 *
 * @param fullBytes what the rows that are left fill when their pages are full
 */
export async function giveRoomBack(
  db: Database,
  table: RowTable,
  { fullBytes, log, signal }: { fullBytes: number; log: LogKeeper; signal: AbortSignal },
): Promise<void> {
  if (fullBytes < ENOUGH * (await usedBytes(db))) await closeGaps(db, table, { log, signal });
  for (let free = Infinity; ;) {
    signal.throwIfAborted();
    const left = await writing(db, (connection) => {
      connection.pragma(`incremental_vacuum(${PAGES})`);
      return numberOf(connection, 'freelist_count');
    });
    // A file that was not made for this keeps its free pages, and fills them again.
    if (left === 0 || left >= free) break;
    free = left;
    await log.shorten();
    await delay(PAUSE_MS);
  }
  await log.takeOver();
}

/** Moves rows with the highest ids into gaps between the others, so that whole pages become free. */
async function closeGaps(
  db: Database,
  table: RowTable,
  { log, signal }: { log: LogKeeper; signal: AbortSignal },
): Promise<void> {
  const ids: number[] = [];
  for await (const rows of rowSlices<{ id: number }>(db, table.ids, signal)) {
    for (const { id } of rows) ids.push(id);
  }
  const prepared = new Prepared();
  await writeInSlices(
    db,
    movesInto(ids),
    (connection, { from, to }) => prepared.on(connection, table.move).run(to, from),
    { signal, onSlice: () => log.shorten() },
  );
}

interface Move {
  readonly from: number;
  readonly to: number;
}

/** Of the ids of all rows, ascending: the highest into the lowest gaps, until there is none. */
function movesInto(ids: readonly number[]): Move[] {
  const moves: Move[] = [];
  let gap = 1;
  for (const id of ids) {
    for (; gap < id; gap++) {
      const from = ids[ids.length - 1 - moves.length]!;
      if (from <= gap) return moves;
      moves.push({ from, to: gap });
    }
    gap = id + 1;
  }
  return moves;
}

function numberOf(connection: Connection, pragma: string): number {
  return connection.pragma(pragma, { simple: true }) as number;
}
