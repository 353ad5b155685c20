import { withConnection, type Database } from '../database.ts';
import { Prepared } from '../prepared.ts';
import type { RowUse } from './row-use.ts';
import { rowSlices, writeInSlices } from './slices.ts';

/** A shard's database, and what is to be removed of it. */
export interface TextUser {
  readonly db: Database;
  readonly rows: RowUse;
}

export interface OrphanTexts {
  /** Texts in all, and their bytes. */
  readonly texts: number;
  readonly textBytes: number;
  /** Ids of the texts that no embedding needs once those to be removed are gone. */
  readonly ids: readonly number[];
  /** Of those texts. */
  readonly bytes: number;
}

interface TextRow {
  readonly id: number;
  readonly hash: Buffer;
  readonly bytes: number;
}

const TEXTS =
  'SELECT id, hash, octet_length(text) AS bytes FROM hashstring WHERE id > ? ORDER BY id';
const HASH = 'SELECT hash FROM hashstring WHERE id = ?';
const REMOVE = 'DELETE FROM hashstring WHERE id = ?';
const FIND = 'SELECT id FROM embedding WHERE hash = ?';

export async function findOrphanTexts(
  texts: Database,
  users: readonly TextUser[],
  signal: AbortSignal,
): Promise<OrphanTexts> {
  const orphans = { texts: 0, textBytes: 0, ids: [] as number[], bytes: 0 };
  for await (const rows of rowSlices<TextRow>(texts, TEXTS, signal)) {
    orphans.texts += rows.length;
    orphans.textBytes += rows.reduce((sum, { bytes }) => sum + bytes, 0);
    const unused = new Set(rows);
    for (const { db, rows: removal } of users) {
      await withConnection(db, (connection) => {
        const find = connection.prepare(FIND).pluck();
        for (const row of unused) {
          const id = find.get(row.hash) as number | undefined;
          if (id !== undefined && removal.survives(id)) unused.delete(row);
        }
      });
    }
    for (const { id, bytes } of unused) {
      orphans.ids.push(id);
      orphans.bytes += bytes;
    }
  }
  return orphans;
}

/**
 * Removes texts that still have no embedding. An embedder stores a vector before its text, and here
 * is looked for the vector while nobody can store a text: so whoever stores the vector now will
 * store the text again afterwards.
 */
export async function removeOrphanTexts(
  texts: Database,
  users: readonly TextUser[],
  ids: readonly number[],
  options: { signal: AbortSignal; onSlice: (done: number) => Promise<void> },
): Promise<number> {
  const prepared = new Prepared();
  // Each database has the one connection as long as it is open.
  const shards = await Promise.all(users.map(({ db }) => withConnection(db, (open) => open)));
  const finds = shards.map((connection) => connection.prepare(FIND).pluck());
  let removed = 0;
  await writeInSlices(
    texts,
    ids,
    (connection, id) => {
      const text = prepared.on(connection, HASH).get(id) as { hash: Buffer } | undefined;
      if (!text || finds.some((find) => find.get(text.hash) !== undefined)) return;
      removed += prepared.on(connection, REMOVE).run(id).changes;
    },
    options,
  );
  return removed;
}
