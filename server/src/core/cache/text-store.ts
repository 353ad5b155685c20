import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { hashToBytes, textHashOf, type TextHash } from '../keys/text-hash.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { databaseFailure } from './database-failure.ts';
import { readOn, withConnection, writeOn } from './database.ts';
import { hashstringMigrations } from './migrations/hashstring-migrations.ts';
import { Prepared } from './prepared.ts';
import { openSteadyDatabase, type OnProblem } from './steady-database.ts';

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
const READ_BATCH = 250;
const BATCH = 500;

export interface TextStoreOptions {
  /** False: only hashes are kept, so nothing of a text can be read from this file. */
  readonly storeText: boolean;
  /** Told when texts cannot be kept: they can be read again from where they came. */
  readonly onProblem?: OnProblem;
}

export async function openTextStore(file: string, options: TextStoreOptions): Promise<TextStore> {
  const { storeText, onProblem = () => undefined } = options;
  const steady = {
    file,
    migrations: hashstringMigrations,
    pageSize: 8192,
    onProblem,
  };
  return new SqliteTextStore(await openSteadyDatabase(steady), storeText, onProblem);
}

class SqliteTextStore implements TextStore {
  readonly #db: Knex;
  readonly #storeText: boolean;
  readonly #onProblem: OnProblem;
  readonly #prepared = new Prepared();

  constructor(db: Knex, storeText: boolean, onProblem: OnProblem) {
    this.#db = db;
    this.#storeText = storeText;
    this.#onProblem = onProblem;
  }

  async get(hash: TextHash): Promise<string | null> {
    try {
      const text = await withConnection(
        this.#db,
        (connection) =>
          this.#prepared.on(connection, SELECT).pluck().get(hashToBytes(hash)) as
            string | undefined,
      );
      return text !== undefined && textHashOf(text) === hash ? text : null;
    } catch (error) {
      this.#onProblem(databaseFailure('reading a text', error));
      return null;
    }
  }

  async putMany(texts: ReadonlyMap<TextHash, string>): Promise<void> {
    if (!this.#storeText) return;
    const entries = [...texts];
    try {
      for (let start = 0; start < entries.length; start += BATCH) {
        if (start > 0) await nextTurn();
        const batch = entries.slice(start, start + BATCH);
        await retryWhileBusy(() =>
          withConnection(this.#db, (connection) => {
            const insert = this.#prepared.on(connection, INSERT);
            writeOn(connection, () => {
              for (const [hash, text] of batch) insert.run(hashToBytes(hash), text);
            });
          }),
        );
      }
    } catch (error) {
      // The vectors, which were paid for, are stored already.
      this.#onProblem(databaseFailure('storing texts', error));
    }
  }

  async missingOf(texts: ReadonlyMap<TextHash, string>): Promise<Map<TextHash, string>> {
    const missing = new Map<TextHash, string>();
    if (!this.#storeText) return missing;
    const entries = [...texts];
    for (let start = 0; start < entries.length; start += READ_BATCH) {
      if (start > 0) await nextTurn();
      const batch = entries.slice(start, start + READ_BATCH);
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
    try {
      // SQLite counts the hashes' index, not the texts: about 10 ms for a million.
      return await HashstringRow.bindKnex(this.#db).query().resultSize();
    } catch (error) {
      this.#onProblem(databaseFailure('counting texts', error));
      return 0;
    }
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
