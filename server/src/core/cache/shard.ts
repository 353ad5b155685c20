import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Failure } from '../errors.ts';
import { canonicalSpace, type EmbeddingSpace } from '../keys/space.ts';
import { hashToBytes, type TextHash } from '../keys/text-hash.ts';
import { fromBlob, toBlob } from '../vectors/blob.ts';
import { hasDirection, type Vector } from '../vectors/vector.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { checksumOf } from './checksum.ts';
import { LastUse } from './last-use.ts';
import { databaseFailure, openDatabase, readOn, withConnection, writeOn } from './database.ts';
import { migrate } from './migrations/migrate.ts';
import { shardMigrations } from './migrations/shard-migrations.ts';
import { Prepared } from './prepared.ts';
import { wholeVectorOf, type StoredVector } from './stored-vector.ts';

/** All vectors of one space. */
export interface Shard {
  readonly space: EmbeddingSpace;
  /**
   * Vectors of the hashes that are here and whole; a damaged row counts as absent. `tokens` gets
   * what the texts found were billed as, where that is recorded.
   */
  getMany(
    hashes: readonly TextHash[],
    tokens?: Map<TextHash, number>,
  ): Promise<Map<TextHash, Vector>>;
  /** Durable once it returns. Vectors have the space's length. `tokens`: what each was billed as. */
  putMany(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<void>;
  count(): Promise<number>;
  close(): Promise<void>;
}

const SELECT = 'SELECT id, vector, checksum, tokens FROM embedding WHERE hash = ?';
// Only misses are put: a row that is there already is a race (equal) or damaged (replaced).
const INSERT = `INSERT INTO embedding (hash, vector, checksum, tokens) VALUES (?, ?, ?, ?)
  ON CONFLICT (hash) DO UPDATE SET vector = excluded.vector, checksum = excluded.checksum,
    tokens = coalesce(excluded.tokens, tokens)
  WHERE vector <> excluded.vector OR checksum <> excluded.checksum`;

/** Longest stretch of synchronous work: 1,000 puts take about 30 ms. */
const BATCH = 1000;

/** A shard in one SQLite file. Refuses a file that holds another space. */
export async function openShard(file: string, space: EmbeddingSpace): Promise<Shard> {
  const db = await openDatabase(file, { pageSize: space.dimensions >= 1536 ? 32_768 : 8192 });
  try {
    await migrate(db, shardMigrations);
    await checkIdentity(db, file, space);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new SqliteShard(db, space);
}

/** The space a shard file says it holds, or null for a file that is not a finished shard. */
export async function readSpace(file: string): Promise<EmbeddingSpace | null> {
  if (statSync(file).size === 0) return null;
  const db = await openDatabase(file, { pageSize: 8192 });
  try {
    if (!(await db.schema.hasTable('space'))) return null;
    const { SpaceRow } = await import('./models/space-row.ts');
    const row = await SpaceRow.bindKnex(db).query().findById(1);
    return row ? row.space() : null;
  } finally {
    await db.destroy();
  }
}

interface Row extends StoredVector {
  readonly id: number;
  readonly tokens: number | null;
}

class SqliteShard implements Shard {
  readonly space: EmbeddingSpace;
  readonly #db: Knex;
  readonly #prepared = new Prepared();
  readonly #lastUse: LastUse;

  constructor(db: Knex, space: EmbeddingSpace) {
    this.#db = db;
    this.#lastUse = new LastUse(db);
    this.space = space;
  }

  async getMany(
    hashes: readonly TextHash[],
    tokens?: Map<TextHash, number>,
  ): Promise<Map<TextHash, Vector>> {
    const found = new Map<TextHash, Vector>();
    for (let start = 0; start < hashes.length; start += BATCH) {
      if (start > 0) await nextTurn();
      const batch = hashes.slice(start, start + BATCH);
      await withConnection(this.#db, (connection) => {
        const select = this.#prepared.on(connection, SELECT);
        readOn(connection, () => {
          for (const hash of batch) {
            const bytes = hashToBytes(hash);
            const row = select.get(bytes) as Row | undefined;
            const vector = row ? wholeVectorOf(this.space, bytes, row) : null;
            if (!row || !vector) continue;
            found.set(hash, vector);
            if (row.tokens !== null) tokens?.set(hash, row.tokens);
            this.#lastUse.note(row.id);
          }
        });
      });
    }
    return found;
  }

  async putMany(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<void> {
    const entries = [...vectors].map(([hash, vector]) => [hash, this.#blobOf(vector)] as const);
    for (let start = 0; start < entries.length; start += BATCH) {
      if (start > 0) await nextTurn();
      const batch = entries.slice(start, start + BATCH);
      try {
        await retryWhileBusy(() =>
          withConnection(this.#db, (connection) => {
            const insert = this.#prepared.on(connection, INSERT);
            writeOn(connection, () => {
              for (const [hash, blob] of batch) {
                const bytes = hashToBytes(hash);
                insert.run(bytes, blob, checksumOf(bytes, blob), tokens?.get(hash) ?? null);
              }
            });
          }),
        );
      } catch (error) {
        throw databaseFailure('storing vectors', error);
      }
    }
  }

  async count(): Promise<number> {
    const { LastUseRow } = await import('./models/last-use-row.ts');
    // As many rows as there are embeddings, in a hundredth of the pages.
    return LastUseRow.bindKnex(this.#db).query().resultSize();
  }

  async close(): Promise<void> {
    await this.#lastUse.close();
    await this.#db.destroy();
  }

  #blobOf(vector: Vector): Buffer {
    const { dimensions, element } = this.space;
    if (vector.length !== dimensions) {
      throw new Failure(
        'internal',
        `a vector of ${vector.length} numbers was put into a space of ${dimensions}`,
      );
    }
    const blob = toBlob(vector, element);
    if (!hasDirection(fromBlob(blob, element))) {
      throw new Failure('internal', `a vector that is all zeros or not finite in ${element}`);
    }
    return blob;
  }
}

async function checkIdentity(db: Knex, file: string, space: EmbeddingSpace): Promise<void> {
  const { SpaceRow, spaceRowOf } = await import('./models/space-row.ts');
  const rows = SpaceRow.bindKnex(db);
  try {
    await retryWhileBusy(async () => {
      if (await rows.query().findById(1)) return;
      await rows.query().insert(spaceRowOf(space)).onConflict('id').ignore();
    });
  } catch (error) {
    throw databaseFailure('recording a space', error);
  }
  const row = await rows.query().findById(1);
  if (row?.identity !== canonicalSpace(space)) {
    throw new Failure('internal', `${file} holds another embedding space; it was left untouched`);
  }
}
