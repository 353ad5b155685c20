import type { Knex } from 'knex';
import { Failure } from '../../errors.ts';
import { retryWhileBusy } from '../busy-retry.ts';
import { databaseFailure, withConnection, type Database } from '../database.ts';
import type { Migration } from './migration.ts';

/**
 * Brings a database to the newest schema, in one transaction: killed anywhere, the file holds the
 * old schema or the new one; two processes at once wait for each other. A file that a newer version
 * wrote is left untouched (Failure `newerCache`).
 */
export async function migrate(db: Knex, migrations: readonly Migration[]): Promise<void> {
  try {
    if ((await schemaVersion(db, migrations.length)) === migrations.length) return;
    await retryWhileBusy(() =>
      db.transaction(async (transaction) => {
        // Read again under the lock: another process may have been faster.
        const version = await schemaVersion(transaction, migrations.length);
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
