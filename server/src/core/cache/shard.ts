import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Failure, type Recovery } from '../errors.ts';
import { canonicalSpace, type EmbeddingSpace } from '../keys/space.ts';
import { hashToBytes, type TextHash } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { checksumOf } from './checksum.ts';
import { LastUse } from './last-use.ts';
import { databaseFailure } from './database-failure.ts';
import { openDatabase, readOn, withConnection, writeOn } from './database.ts';
import { openMigrated } from './migrations/migrate.ts';
import { shardMigrations } from './migrations/shard-migrations.ts';
import { Prepared } from './prepared.ts';
import { recoveryIn, setRecoveryIn, type Recovering, type Salvaged } from './recovery.ts';
import { blobOf, wholeVectorOf, type StoredVector } from './stored-vector.ts';

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

/** Longest stretches of synchronous work: 250 reads take about 2 ms, 1,000 puts 30 ms. */
const READ_BATCH = 250;
const BATCH = 1000;
/** At a million rows the inner pages of both trees, 2.3 MB, would fall out of SQLite's own 2 MB. */
const CACHE_BYTES = 8 * 2 ** 20;

/** A shard in one SQLite file. A file that holds another space is damage, and left untouched. */
export async function openShard(file: string, space: EmbeddingSpace): Promise<SqliteShard> {
  const db = await openMigrated(file, shardMigrations, {
    pageSize: pageSizeOf(space),
    cacheBytes: CACHE_BYTES,
  });
  try {
    await checkIdentity(db, file, space);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new SqliteShard(db, space);
}

/** Bytes. A row of a large vector would fill most of a small page. */
export function pageSizeOf(space: EmbeddingSpace): number {
  return space.dimensions >= 1536 ? 32_768 : 8192;
}

/** The space a file says it holds, changing nothing; null for what is no readable shard. */
export async function readSpace(file: string): Promise<EmbeddingSpace | null> {
  let db: Knex | null = null;
  try {
    db = await openDatabase(file, { readOnly: true });
    const { SpaceRow } = await import('./models/space-row.ts');
    const row = await SpaceRow.bindKnex(db).query().findById(1);
    return row ? row.space() : null;
  } catch (error) {
    // Whoever opens the shard to use it is told what is wrong with it.
    databaseFailure('reading a space', error);
    return null;
  } finally {
    await db?.destroy();
  }
}

interface Row extends StoredVector {
  readonly id: number;
  readonly tokens: number | null;
}

export class SqliteShard implements Shard, Recovering {
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
    try {
      for (let start = 0; start < hashes.length; start += READ_BATCH) {
        if (start > 0) await nextTurn();
        const batch = hashes.slice(start, start + READ_BATCH);
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
    } catch (error) {
      throw databaseFailure('reading vectors', error);
    }
    return found;
  }

  async putMany(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<void> {
    const entries = [...vectors].map(
      ([hash, vector]) => [hash, blobOf(this.space, vector)] as const,
    );
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

  recovery(): Promise<Recovery | null> {
    return recoveryIn(this.#db);
  }

  setRecovery(salvaged: Salvaged): Promise<boolean> {
    return setRecoveryIn(this.#db, salvaged);
  }

  /** Never rejects: see `LastUse`. */
  flushUses(): Promise<void> {
    return this.#lastUse.flush();
  }

  async close(): Promise<void> {
    await this.#lastUse.close();
    await this.#db.destroy();
  }
}

async function checkIdentity(db: Knex, file: string, space: EmbeddingSpace): Promise<void> {
  // Asked at every start, so without Objection, which takes longer to load than all else.
  const stored = await withConnection(db, (connection) =>
    connection.prepare('SELECT identity FROM space WHERE id = 1').pluck().get(),
  );
  if (stored === canonicalSpace(space)) return;
  const { SpaceRow, spaceRowOf } = await import('./models/space-row.ts');
  const rows = SpaceRow.bindKnex(db);
  let row;
  try {
    await retryWhileBusy(async () => {
      if (await rows.query().findById(1)) return;
      await rows.query().insert(spaceRowOf(space)).onConflict('id').ignore();
    });
    row = await rows.query().findById(1);
  } catch (error) {
    throw databaseFailure('recording a space', error);
  }
  if (row?.identity !== canonicalSpace(space)) {
    throw new Failure('damagedCache', `${file} holds another embedding space`);
  }
}
