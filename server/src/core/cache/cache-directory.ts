import { closeSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../errors.ts';

/** Where the indexes of all folders lie in a cache directory: they can be made again for nothing. */
export function workspacesIn(directory: string): string {
  return path.join(directory, 'workspaces');
}

/**
 * Makes the directory private to this user (0700), and refuses one that another user owns, that
 * everybody may write to, or that is a symbolic link: whoever controls it could read or plant
 * vectors and source text.
 */
export function ensurePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stat = lstatSync(directory);
  const uid = process.getuid?.();
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw new Failure(
      'unsafeDirectory',
      `the cache directory ${directory} belongs to another user`,
    );
  }
  if (uid !== undefined && (stat.mode & 0o002) !== 0) {
    throw new Failure('unsafeDirectory', `everybody may write to the cache directory ${directory}`);
  }
}

/** Creates the file empty with mode 0600 if it is absent: SQLite's WAL and SHM inherit the mode. */
export function ensurePrivateFile(file: string): void {
  try {
    // Never opens one that exists: closing it again would drop this process's locks on it.
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
