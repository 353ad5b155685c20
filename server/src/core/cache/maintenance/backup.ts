import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../errors.ts';
import { ensurePrivateDirectory, ensurePrivateFile } from '../cache-directory.ts';
import { openDatabase, withConnection } from '../database.ts';
import { bytesOf, currentDatabasesIn } from './cache-files.ts';
import { ProgressCount, type MaintenanceRun } from './progress.ts';
import { structureFaultsOf } from './structure.ts';

export interface BackupOptions extends MaintenanceRun {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  /** Absolute path: a directory that is empty or does not exist. */
  readonly to: string;
  readonly structureWorker: string;
}

export interface BackupReport {
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that could not be copied whole, relative to the cache directory. */
  readonly damaged: readonly string[];
  readonly seconds: number;
}

/** Pages copied in one go: about a megabyte. */
const PAGES = 128;

/**
 * Copies every file as it is at one moment, while others use the cache, and checks each copy. The
 * copy is itself a cache directory; it appears under its name when it is complete. Throws Failure
 * `badFile` for a directory that cannot take it.
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const startedAt = performance.now();
  const { directory, to, signal, structureWorker } = options;
  refuseUnfit(to, directory);
  const partial = `${to}.partial-${process.pid}`;
  const files = currentDatabasesIn(directory);
  const progress = new ProgressCount(
    options,
    files.reduce((sum, file) => sum + bytesOf(file), 0),
  );
  const damaged: string[] = [];
  try {
    for (const file of files) {
      signal.throwIfAborted();
      const name = path.relative(directory, file);
      const copy = path.join(partial, name);
      ensurePrivateDirectory(path.dirname(copy));
      const faults = await copyDatabase(file, copy, { signal, structureWorker });
      if (faults.length > 0) damaged.push(name);
      progress.add(bytesOf(file));
    }
    const bytes = files.reduce(
      (sum, file) => sum + bytesOf(path.join(partial, path.relative(directory, file))),
      0,
    );
    moveIntoPlace(partial, to);
    const seconds = (performance.now() - startedAt) / 1000;
    return { directory: to, files: files.length - damaged.length, bytes, damaged, seconds };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** What is wrong with the copy; none for a whole one. */
async function copyDatabase(
  file: string,
  copy: string,
  { signal, structureWorker }: { signal: AbortSignal; structureWorker: string },
): Promise<readonly string[]> {
  ensurePrivateFile(copy);
  const db = await openDatabase(file, { readOnly: true }).catch(() => null);
  // It is no database: there is nothing to copy.
  if (!db) return ['cannot be opened'];
  try {
    const connection = await withConnection(db, (open) => open);
    // One moment for all of it. Without, each write by another process would begin it anew.
    connection.exec('BEGIN');
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    await connection.backup(copy, {
      progress: () => {
        signal.throwIfAborted();
        return PAGES;
      },
    });
    connection.exec('COMMIT');
  } finally {
    await db.destroy();
  }
  return structureFaultsOf(copy, { workerFile: structureWorker, signal });
}

function refuseUnfit(to: string, directory: string): void {
  const inside = path.relative(directory, to);
  if (inside === '' || (!inside.startsWith('..') && !path.isAbsolute(inside))) {
    throw new Failure('badFile', `${to} is inside the cache: choose a folder elsewhere`);
  }
  if (existsSync(to) && readdirSync(to).length > 0) {
    throw new Failure('badFile', `${to} is not empty: choose a new or an empty folder`);
  }
  try {
    mkdirSync(path.dirname(to), { recursive: true });
  } catch (cause) {
    throw new Failure('badFile', `${to} cannot be made`, { cause });
  }
}

function moveIntoPlace(partial: string, to: string): void {
  // An empty one; not every system renames over it.
  if (existsSync(to)) rmdirSync(to);
  renameSync(partial, to);
}
