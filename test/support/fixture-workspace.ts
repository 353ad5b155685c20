import { cpSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FIXTURE = path.resolve(import.meta.dirname, '../fixtures/workspace');

/** A copy of the fixture workspace at `folder`. */
export function copyFixtureWorkspace(folder: string): string {
  cpSync(FIXTURE, folder, { recursive: true });
  return folder;
}

/** Replaces text in a file, which must hold it, and gives the file a time of its own. */
export function editFile(file: string, from: string, to: string): void {
  const before = readFileSync(file, 'utf8');
  if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(file, before.replace(from, to));
  const now = Date.now() / 1000;
  utimesSync(file, now, now + 1);
}
