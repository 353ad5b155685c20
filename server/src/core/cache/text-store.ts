import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recovery } from '../errors.ts';
import { hashToBytes, textHashOf, type TextHash } from '../keys/text-hash.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { databaseFailure } from './database-failure.ts';
import { readOn, withConnection, writeOn, type Connection } from './database.ts';
import { hashstringMigrations } from './migrations/hashstring-migrations.ts';
import { Prepared } from './prepared.ts';
import { salvageTexts } from './salvage/salvage-texts.ts';
import { SteadyDatabase, type OnProblem } from './steady-database.ts';

/** Every text ever embedded, under its hash (`hashstring.db`). */
export interface TextStore {
  /** Null when the text is unknown, or when what is stored no longer matches its hash. */
  get(hash: TextHash): Promise<string | null>;
  putMany(texts: ReadonlyMap<TextHash, string>): Promise<void>;
  /** Those of these texts that are not here, or not as they should be; none if none are kept. */
  missingOf(texts: ReadonlyMap<TextHash, string>): Promise<Map<TextHash, string>>;
  count(): Promise<number>;
  /** As `SteadyDatabase.renew`. */
  renew(): Promise<Recovery | null>;
  close(): Promise<void>;
}

const SELECT = 'SELECT text FROM hashstring WHERE hash = ?';
// Compared in SQLite: reading the text back would cost more than all the rest.
const IS_WHOLE = 'SELECT 1 FROM hashstring WHERE hash = ? AND text = ?';
const INSERT = `INSERT INTO hashstring (hash, text) VALUES (?, ?)
  ON CONFLICT (hash) DO UPDATE SET text = excluded.text WHERE text <> excluded.text`;
const PAGE_SIZE = 8192;
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
  const database = await SteadyDatabase.open({
    file,
    migrations: hashstringMigrations,
    pageSize: PAGE_SIZE,
    onProblem,
    salvage: (damaged, into) => salvageTexts(damaged, into, PAGE_SIZE),
  });
  return new SqliteTextStore(database, storeText, onProblem);
}

class SqliteTextStore implements TextStore {
  readonly #database: SteadyDatabase;
  readonly #storeText: boolean;
  readonly #onProblem: OnProblem;
  readonly #prepared = new Prepared();

  constructor(database: SteadyDatabase, storeText: boolean, onProblem: OnProblem) {
    this.#database = database;
    this.#storeText = storeText;
    this.#onProblem = onProblem;
  }

  async get(hash: TextHash): Promise<string | null> {
    try {
      return await this.#database.use(
        (db) => withConnection(db, (connection) => this.#wholeText(connection, hash)),
        (text) => text !== null,
      );
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
        await this.#database.use((db) =>
          retryWhileBusy(() =>
            withConnection(db, (connection) => {
              const insert = this.#prepared.on(connection, INSERT);
              writeOn(connection, () => {
                for (const [hash, text] of batch) insert.run(hashToBytes(hash), text);
              });
            }),
          ),
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
      const absent = await this.#database.use(
        (db) => withConnection(db, (connection) => this.#absentOf(connection, batch)),
        (rows) => rows.length === 0,
      );
      for (const [hash, text] of absent) missing.set(hash, text);
    }
    return missing;
  }

  async count(): Promise<number> {
    const { HashstringRow } = await import('./models/hashstring-row.ts');
    try {
      // SQLite counts the hashes' index, not the texts: about 10 ms for a million.
      return await this.#database.use((db) => HashstringRow.bindKnex(db).query().resultSize());
    } catch (error) {
      this.#onProblem(databaseFailure('counting texts', error));
      return 0;
    }
  }

  renew(): Promise<Recovery | null> {
    return this.#database.renew();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #wholeText(connection: Connection, hash: TextHash): string | null {
    const select = this.#prepared.on(connection, SELECT).pluck();
    const text = select.get(hashToBytes(hash)) as string | undefined;
    return text !== undefined && textHashOf(text) === hash ? text : null;
  }

  #absentOf(connection: Connection, texts: readonly (readonly [TextHash, string])[]) {
    const isWhole = this.#prepared.on(connection, IS_WHOLE);
    return readOn(connection, () =>
      texts.filter(([hash, text]) => isWhole.get(hashToBytes(hash), text) === undefined),
    );
  }
}
