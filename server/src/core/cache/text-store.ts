import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { hashToBytes, textHashOf, type TextHash } from '../keys/text-hash.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { databaseFailure, openDatabase, readOn, withConnection, writeOn } from './database.ts';
import { hashstringMigrations } from './migrations/hashstring-migrations.ts';
import { migrate } from './migrations/migrate.ts';
import { Prepared } from './prepared.ts';

/** Every text ever embedded, under its hash (`hashstring.db`). */
export interface TextStore {
  /** Null when the text is unknown, or when what is stored no longer matches its hash. */
  get(hash: TextHash): Promise<string | null>;
  putMany(texts: ReadonlyMap<TextHash, string>): Promise<void>;
  /** Those of these texts that are not here, or not as they should be; none if none are kept. */
  missingOf(texts: ReadonlyMap<TextHash, string>): Promise<Map<TextHash, string>>;
  count(): Promise<number>;
  close(): Promise<void>;
}

const SELECT = 'SELECT text FROM hashstring WHERE hash = ?';
// Compared in SQLite: reading the text back would cost more than all the rest.
const IS_WHOLE = 'SELECT 1 FROM hashstring WHERE hash = ? AND text = ?';
const INSERT = `INSERT INTO hashstring (hash, text) VALUES (?, ?)
  ON CONFLICT (hash) DO UPDATE SET text = excluded.text WHERE text <> excluded.text`;
const BATCH = 500;

export interface TextStoreOptions {
  /** False: only hashes are kept, so nothing of a text can be read from this file. */
  readonly storeText: boolean;
}

export async function openTextStore(file: string, options: TextStoreOptions): Promise<TextStore> {
  const db = await openDatabase(file, { pageSize: 8192 });
  try {
    await migrate(db, hashstringMigrations);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new SqliteTextStore(db, options);
}

class SqliteTextStore implements TextStore {
  readonly #db: Knex;
  readonly #storeText: boolean;
  readonly #prepared = new Prepared();

  constructor(db: Knex, { storeText }: TextStoreOptions) {
    this.#db = db;
    this.#storeText = storeText;
  }

  async get(hash: TextHash): Promise<string | null> {
    const text = await withConnection(
      this.#db,
      (connection) =>
        this.#prepared.on(connection, SELECT).pluck().get(hashToBytes(hash)) as string | undefined,
    );
    return text !== undefined && textHashOf(text) === hash ? text : null;
  }

  async putMany(texts: ReadonlyMap<TextHash, string>): Promise<void> {
    if (!this.#storeText) return;
    const entries = [...texts];
    for (let start = 0; start < entries.length; start += BATCH) {
      if (start > 0) await nextTurn();
      const batch = entries.slice(start, start + BATCH);
      try {
        await retryWhileBusy(() =>
          withConnection(this.#db, (connection) => {
            const insert = this.#prepared.on(connection, INSERT);
            writeOn(connection, () => {
              for (const [hash, text] of batch) insert.run(hashToBytes(hash), text);
            });
          }),
        );
      } catch (error) {
        throw databaseFailure('storing texts', error);
      }
    }
  }

  async missingOf(texts: ReadonlyMap<TextHash, string>): Promise<Map<TextHash, string>> {
    const missing = new Map<TextHash, string>();
    if (!this.#storeText) return missing;
    const entries = [...texts];
    for (let start = 0; start < entries.length; start += BATCH) {
      if (start > 0) await nextTurn();
      const batch = entries.slice(start, start + BATCH);
      await withConnection(this.#db, (connection) => {
        const isWhole = this.#prepared.on(connection, IS_WHOLE);
        readOn(connection, () => {
          for (const [hash, text] of batch) {
            if (isWhole.get(hashToBytes(hash), text) === undefined) missing.set(hash, text);
          }
        });
      });
    }
    return missing;
  }

  async count(): Promise<number> {
    const { HashstringRow } = await import('./models/hashstring-row.ts');
    // SQLite counts the hashes' index, not the texts: about 10 ms for a million.
    return HashstringRow.bindKnex(this.#db).query().resultSize();
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
