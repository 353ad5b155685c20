import type BetterSqlite3 from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensurePrivateFile } from './cache-directory.ts';
import { isBusy } from './busy-retry.ts';

/** What shows other processes that this one lives: a file it keeps locked until it ends. */
export interface ProcessLock {
  readonly id: string;
  /** Whether another process's lock is still held; the file of one that is gone is removed. */
  isAlive(id: string): boolean;
  end(): void;
}

const ENDING = '.lock';

/** SQLite's locks work alike on every platform, and go with their process however it ends. */
export type SqliteOpener = typeof BetterSqlite3;

/**
 * Two at a time would take a lock just made for one left behind: this and `isAlive` are called while
 * one lock of the whole directory is held.
 */
export function takeProcessLock(directory: string, Database: SqliteOpener): ProcessLock {
  const fileOf = (id: string): string => path.join(directory, `${id}${ENDING}`);
  const lock = (id: string) => {
    const db = new Database(fileOf(id), { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  const isAlive = (id: string): boolean => {
    if (!existsSync(fileOf(id))) return false;
    try {
      const db = lock(id);
      rmSync(fileOf(id), { force: true });
      db.close();
      return false;
    } catch (error) {
      if (!isBusy(error)) throw error;
      return true;
    }
  };
  const id = randomUUID();
  ensurePrivateFile(fileOf(id));
  const held = lock(id);
  const end = (): void => {
    rmSync(fileOf(id), { force: true });
    held.close();
  };
  try {
    for (const file of readdirSync(directory)) {
      const other = path.basename(file, ENDING);
      if (file.endsWith(ENDING) && other !== id) isAlive(other);
    }
  } catch (error) {
    end();
    throw error;
  }
  return { id, isAlive, end };
}
