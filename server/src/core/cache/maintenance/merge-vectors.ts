import { norm } from '../../vectors/vector.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { checksumOf } from '../checksum.ts';
import type { Database } from '../database.ts';
import { Prepared } from '../prepared.ts';
import { wholeVectorOf, type StoredVector } from '../stored-vector.ts';
import { writeInSlices } from './slices.ts';

export interface NewVector {
  /** 64 bytes. */
  readonly hash: Buffer;
  readonly tokens: number | null;
  /** In the space's element type. */
  readonly vector: Buffer;
}

export interface MergeCounts {
  /** Were not there, or damaged. */
  added: number;
  /** Were there, whole; left as they are. */
  present: number;
  /** Are no vector of the space: of another length, not finite, all zeros, or not of unit length. */
  refused: number;
}

const FIND = 'SELECT vector, checksum FROM embedding WHERE hash = ?';
const PUT = `INSERT INTO embedding (hash, vector, checksum, tokens) VALUES (?, ?, ?, ?)
  ON CONFLICT (hash) DO UPDATE SET vector = excluded.vector, checksum = excluded.checksum,
    tokens = excluded.tokens`;
/** Half-precision numbers are this far from unit length at most. */
const UNIT_TOLERANCE = 0.01;

/** Brings vectors into a shard's file; a good one that is there is never touched. */
export async function mergeVectors(
  db: Database,
  space: EmbeddingSpace,
  rows: readonly NewVector[],
  signal: AbortSignal,
): Promise<MergeCounts> {
  const counts = { added: 0, present: 0, refused: 0 };
  const prepared = new Prepared();
  const good = rows.filter((row) => {
    const checksum = checksumOf(row.hash, row.vector);
    const vector = wholeVectorOf(space, row.hash, { vector: row.vector, checksum });
    return vector && (!space.normalised || Math.abs(norm(vector) - 1) < UNIT_TOLERANCE);
  });
  counts.refused = rows.length - good.length;
  await writeInSlices(
    db,
    good,
    (connection, { hash, tokens, vector }) => {
      const there = prepared.on(connection, FIND).get(hash) as StoredVector | undefined;
      if (there && wholeVectorOf(space, hash, there)) {
        counts.present++;
        return;
      }
      prepared.on(connection, PUT).run(hash, vector, checksumOf(hash, vector), tokens);
      counts.added++;
    },
    { signal },
  );
  return counts;
}
