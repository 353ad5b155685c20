import type { Knex } from 'knex';
import { Failure } from '../../errors.ts';
import { retryWhileBusy } from '../busy-retry.ts';
import { databaseFailure } from '../database-failure.ts';
import {
  openDatabase,
  withConnection,
  type Connection,
  type Database,
  type DatabaseOptions,
} from '../database.ts';
import type { Migration } from './migration.ts';

/** Opens a file and brings it to the newest schema; closed again when that fails. */
export async function openMigrated(
  file: string,
  migrations: readonly Migration[],
  options: Pick<DatabaseOptions, 'pageSize' | 'cacheBytes'>,
): Promise<Knex> {
  const db = await openDatabase(file, { ...options, newestSchema: migrations.length });
  try {
    await migrate(db, migrations);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * Brings a database to the newest schema, in one transaction: killed anywhere, the file holds the
 * old schema or the new one; two processes at once wait for each other. A file that a newer version
 * wrote (Failure `newerCache`) or that another program made (`damagedCache`) is left untouched.
 */
export async function migrate(db: Knex, migrations: readonly Migration[]): Promise<void> {
  try {
    if ((await schemaVersion(db, migrations.length)) === migrations.length) return;
    await retryWhileBusy(() =>
      db.transaction(async (transaction) => {
        // Read again under the lock: another process may have been faster.
        const version = await schemaVersion(transaction, migrations.length);
        if (version === 0) await withConnection(transaction, refuseForeign);
        for (const migration of migrations.slice(version)) await migration.up(transaction);
        await withConnection(transaction, (connection) =>
          connection.pragma(`user_version = ${migrations.length}`),
        );
      }),
    );
  } catch (error) {
    throw databaseFailure('preparing a cache file', error);
  }
}

async function schemaVersion(db: Database, newest: number): Promise<number> {
  const version = await withConnection(
    db,
    (connection) => connection.pragma('user_version', { simple: true }) as number,
  );
  if (version > newest) {
    throw new Failure(
      'newerCache',
      `the cache has schema ${version}; this version knows ${newest}`,
    );
  }
  return version;
}

function refuseForeign(connection: Connection): void {
  const tables = connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (tables > 0) throw new Failure('damagedCache', 'the file holds tables of another program');
}
