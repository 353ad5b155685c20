import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IN_MEMORY, openDatabase } from '../../../server/src/core/cache/database.ts';
import { isOlder, refuseOldSqlite } from '../../../server/src/core/cache/sqlite-version.ts';

/** A connection whose SQLite says it is of this version. */
function connectionOf(version: string): BetterSqlite3.Database {
  const connection = new BetterSqlite3(IN_MEMORY);
  onTestFinished(() => {
    connection.close();
  });
  return connection.function('sqlite_version', () => version);
}

describe('the SQLite that opens cache files', () => {
  it.each(['3.7.0', '3.46.1', '3.51.2', '2.8.17'])('is refused as %s', (version) => {
    expect(() => {
      refuseOldSqlite(connectionOf(version));
    }).toThrow(`SQLite ${version} may corrupt files`);
  });

  it.each(['3.51.3', '3.54.1', '3.100.0', '4.0.0'])('may be %s', (version) => {
    expect(() => {
      refuseOldSqlite(connectionOf(version));
    }).not.toThrow();
  });

  it('is asked for its version before a file is changed', async () => {
    const raw = BetterSqlite3.prototype as { prepare: (sql: string) => unknown };
    const { prepare } = raw;
    onTestFinished(() => {
      raw.prepare = prepare;
    });
    raw.prepare = function (sql) {
      if (!sql.includes('sqlite_version')) return prepare.call(this, sql);
      return prepare.call(this, "SELECT '3.51.2'");
    };
    await expect(openDatabase(IN_MEMORY, {})).rejects.toMatchObject({
      message: 'SQLite 3.51.2 may corrupt files; 3.51.3 is needed',
    });
  });

  it('is compared number by number', () => {
    expect(isOlder('3.9.0', '3.10')).toBe(true);
    expect(isOlder('3.51', '3.51.1')).toBe(true);
    expect(isOlder('3.51.1', '3.51')).toBe(false);
    expect(isOlder('3.51.3', '3.51.3')).toBe(false);
  });
});
