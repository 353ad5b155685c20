import type { EmbeddingSpace } from '../../keys/space.ts';
import { hashFromBytes, textHashOf } from '../../keys/text-hash.ts';
import type { Database } from '../database.ts';
import { wholeVectorOf } from '../stored-vector.ts';
import { rowSlices, writing } from './slices.ts';

interface Row {
  readonly id: number;
  readonly hash: Buffer;
}

/** Rows of one table, and what makes one of them whole. */
export interface RowKind {
  /** Ends in `WHERE id > ? ORDER BY id`. */
  readonly select: string;
  readonly selectOne: string;
  readonly remove: string;
  isWhole(row: Row): boolean;
  bytesOf(row: Row): number;
}

export function embeddingRows(space: EmbeddingSpace): RowKind {
  type Embedding = Row & { vector: Buffer; checksum: number };
  return {
    select: 'SELECT id, hash, vector, checksum FROM embedding WHERE id > ? ORDER BY id',
    selectOne: 'SELECT id, hash, vector, checksum FROM embedding WHERE id = ?',
    remove: 'DELETE FROM embedding WHERE id = ?',
    isWhole: (row) => wholeVectorOf(space, row.hash, row as Embedding) !== null,
    bytesOf: (row) => (row as Embedding).vector.length,
  };
}

type Text = Row & { text: unknown };

export const TEXT_ROWS: RowKind = {
  select: 'SELECT id, hash, text FROM hashstring WHERE id > ? ORDER BY id',
  selectOne: 'SELECT id, hash, text FROM hashstring WHERE id = ?',
  remove: 'DELETE FROM hashstring WHERE id = ?',
  isWhole(row) {
    const { text } = row as Text;
    return typeof text === 'string' && textHashOf(text) === hashFromBytes(row.hash);
  },
  bytesOf: (row) => String((row as Text).text).length,
};

export interface RowCounts {
  readonly rows: number;
  readonly damagedRows: number;
  readonly removedRows: number;
}

export interface VerifyRowsOptions {
  readonly repair: boolean;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

export async function verifyRows(
  db: Database,
  kind: RowKind,
  { repair, signal, onBytes }: VerifyRowsOptions,
): Promise<RowCounts> {
  const counts = { rows: 0, damagedRows: 0, removedRows: 0 };
  for await (const rows of rowSlices<Row>(db, kind.select, signal)) {
    const damaged = rows.filter((row) => !kind.isWhole(row));
    counts.rows += rows.length;
    counts.damagedRows += damaged.length;
    onBytes(rows.reduce((sum, row) => sum + kind.bytesOf(row), 0));
    if (repair && damaged.length > 0) counts.removedRows += await removeDamaged(db, kind, damaged);
  }
  return counts;
}

/** Looks again under the lock: another process may have mended the row since. */
function removeDamaged(db: Database, kind: RowKind, damaged: readonly Row[]): Promise<number> {
  return writing(db, (connection) => {
    const select = connection.prepare(kind.selectOne);
    const remove = connection.prepare(kind.remove);
    let removed = 0;
    for (const { id } of damaged) {
      const row = select.get(id) as Row | undefined;
      if (row && !kind.isWhole(row)) removed += remove.run(id).changes;
    }
    return removed;
  });
}
