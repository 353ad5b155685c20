import { Failure, type FailureKind } from '../errors.ts';
import { sqliteCodeOf } from './busy-retry.ts';

/**
 * A database's or file system's error without its message, which carries SQL and values. Its kind
 * says how the cache goes on: see `SteadyShard`. Errors of neither are thrown as they are.
 */
export function databaseFailure(attempt: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = sqliteCodeOf(error) ?? fileSystemCodeOf(error);
  if (code === null) throw error;
  return new Failure(kindOf(code, error), `${attempt} failed: ${code}`);
}

function kindOf(code: string, error: unknown): FailureKind {
  if (FULL.has(code)) return 'diskFull';
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code) || isTableMissing(error)) return 'damagedCache';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'cacheBusy';
  if (/^(E[A-Z]|SQLITE_(READONLY|CANTOPEN|IOERR|PERM|NOLFS))/.test(code)) {
    return 'cacheUnusable';
  }
  return 'internal';
}

// SQLite reports a full disk as this where it makes the log's index file.
const FULL = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']);

/** Schema pages that are lost look like a schema that lacks a table. */
function isTableMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('no such table');
}

function fileSystemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
