import type { Database as Connection } from 'better-sqlite3';
import { Failure } from '../errors.ts';

/** The first SQLite whose log survives a reset while another process writes (3.7.0 to 3.51.2). */
const OLDEST_SQLITE = '3.51.3';

/** Throws Failure `internal` for a SQLite that may corrupt files. */
export function refuseOldSqlite(connection: Connection): void {
  const sqlite = connection.prepare('SELECT sqlite_version()').pluck().get() as string;
  if (isOlder(sqlite, OLDEST_SQLITE)) {
    throw new Failure('internal', `SQLite ${sqlite} may corrupt files; ${OLDEST_SQLITE} is needed`);
  }
}

/** Compares dotted version numbers. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (const [i, wanted] of b!.entries()) {
    const has = a![i] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
