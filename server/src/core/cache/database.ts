import type BetterSqlite3 from 'better-sqlite3';
import createKnex, { type Knex } from 'knex';
import Client from 'knex/lib/dialects/better-sqlite3/index.js';
import SqliteTransaction from 'knex/lib/dialects/sqlite3/execution/sqlite-transaction.js';
import { Failure } from '../errors.ts';
import { ensurePrivateFile } from './cache-directory.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { databaseFailure } from './database-failure.ts';
import { refuseOldSqlite } from './sqlite-version.ts';

/** What a repository method takes, so that it joins whatever transaction it is called in. */
export type Database = Knex | Knex.Transaction;
export type Connection = BetterSqlite3.Database;

export interface DatabaseOptions {
  /** Bytes; takes effect only when the file is new. */
  readonly pageSize?: number;
  /** Bytes of pages that the connection keeps in memory; 2 MB unless given. */
  readonly cacheBytes?: number;
  /** Neither makes nor changes the file. */
  readonly readOnly?: boolean;
  /** Number of the newest schema this version knows. A file with a newer one is left untouched. */
  readonly newestSchema?: number;
}

/** A file system without locks looks like one that is locked for ever. */
const OPEN_DEADLINE_MS = 3000;

/** Of the write-ahead log, before it is brought into the file. */
const LOG_BYTES = 32 * 2 ** 20;

export const IN_MEMORY = ':memory:';

/**
 * Deferred transactions that meet another writer lose their work despite any timeout (ten writers
 * lost 79% of theirs), so every transaction takes the write lock at its start.
 */
class ImmediateTransaction extends SqliteTransaction {
  override begin(connection: Connection): Promise<unknown> {
    return this.query(connection, 'BEGIN IMMEDIATE;');
  }
}

class ImmediateClient extends Client {
  override transaction(...args: unknown[]): unknown {
    return new ImmediateTransaction(this, ...args);
  }
}

/** Opens (or creates, mode 0600) one SQLite file on one connection. Throws Failure. */
export async function openDatabase(file: string, options: DatabaseOptions): Promise<Knex> {
  const { readOnly = false } = options;
  try {
    if (file !== IN_MEMORY && !readOnly) ensurePrivateFile(file);
  } catch (error) {
    throw databaseFailure(`creating ${file}`, error);
  }
  const db = createKnex({
    client: ImmediateClient as unknown as typeof Knex.Client,
    connection: { filename: file, options: { readonly: readOnly } },
    useNullAsDefault: true,
    // knex logs to stdout by default, which is the protocol's channel.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
    pool: {
      // One connection: SQLite has one writer, and calls on it are synchronous anyway.
      min: 1,
      max: 1,
      afterCreate: (connection: Connection, done: (error: unknown) => void) => {
        try {
          connection.pragma('busy_timeout = 50');
          refuseUnknown(connection, options);
          setPragmas(connection, options);
          done(null);
        } catch (error) {
          done(error);
        }
      },
    },
  });
  try {
    await retryWhileBusy(() => withConnection(db, ignore), OPEN_DEADLINE_MS);
  } catch (error) {
    await db.destroy();
    throw databaseFailure(`opening ${file}`, error);
  }
  return db;
}

/** Runs synchronous statements on the database's own connection, or its transaction's. */
export async function withConnection<T>(
  db: Database,
  use: (connection: Connection) => T,
): Promise<T> {
  const client = db.client as ConnectionSource;
  const connection = await client.acquireConnection();
  try {
    return use(connection);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** Runs synchronous writes in one immediate transaction, or within the one already open. */
export function writeOn<T>(connection: Connection, write: () => T): T {
  return connection.inTransaction ? write() : connection.transaction(write).immediate();
}

/** Runs synchronous reads in one transaction: alone, each would take and drop the file's lock. */
export function readOn<T>(connection: Connection, read: () => T): T {
  return connection.inTransaction ? read() : connection.transaction(read).deferred();
}

interface ConnectionSource {
  acquireConnection(): Promise<Connection>;
  releaseConnection(connection: Connection): Promise<void>;
}

/** Before anything is written: setting the journal mode already changes a file. */
function refuseUnknown(connection: Connection, { newestSchema = Infinity }: DatabaseOptions): void {
  refuseOldSqlite(connection);
  const schema = connection.pragma('user_version', { simple: true }) as number;
  if (schema > newestSchema) {
    throw new Failure('newerCache', `the file has schema ${schema}; ${newestSchema} is known here`);
  }
}

function setPragmas(connection: Connection, options: DatabaseOptions): void {
  const { pageSize, cacheBytes, readOnly } = options;
  if (!readOnly) {
    if (pageSize !== undefined && connection.pragma('page_count', { simple: true }) === 0) {
      connection.pragma(`page_size = ${pageSize}`);
      // What is removed can then be given back a few pages at a time. Asked of a file that has
      // pages already, this would need the write lock.
      connection.pragma('auto_vacuum = INCREMENTAL');
    }
    connection.pragma('journal_mode = WAL');
  }
  // With WAL a power cut may take the last commits, never corrupt; they are embedded again.
  connection.pragma('synchronous = NORMAL');
  const pageBytes = connection.pragma('page_size', { simple: true }) as number;
  connection.pragma(`wal_autocheckpoint = ${Math.floor(LOG_BYTES / pageBytes)}`);
  // One long reader makes the log grow; when it is gone the file becomes small again.
  connection.pragma(`journal_size_limit = ${2 * LOG_BYTES}`);
  // A put fires a trigger, so it keeps a journal of its own: in a temporary file, two fifths of all
  // that it costs.
  connection.pragma('temp_store = MEMORY');
  // Less than nothing means kibibytes, not pages.
  if (cacheBytes !== undefined) connection.pragma(`cache_size = ${-cacheBytes / 1024}`);
  // A planted file must not run code or read out of bounds.
  connection.pragma('trusted_schema = OFF');
  connection.pragma('cell_size_check = ON');
  connection.pragma('mmap_size = 0');
}

function ignore(): void {
  // knex insists on a logger; nothing of the cache's may reach stdout.
}
