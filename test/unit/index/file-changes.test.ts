import { describe, expect, it } from 'vitest';
import { fileChanges, type KnownFile } from '../../../server/src/core/index/file-changes.ts';

const known = (path: string, fields: Partial<KnownFile> = {}): [string, KnownFile] => [
  path,
  { id: 1, path, size: 10, mtimeMs: 1000, scannedAtMs: 10_000, skipped: false, ...fields },
];
const entry = (path: string, size = 10, mtimeMs = 1000) => ({ path, size, mtimeMs });
const never = () => false;

describe('file changes', () => {
  it('takes a file of the same size and time for unchanged', () => {
    const changes = fileChanges([entry('a')], new Map([known('a')]), never);
    expect(changes).toEqual({ dirty: [], removed: [], unchanged: 1 });
  });

  it('finds new, changed and removed files', () => {
    const entries = [entry('new'), entry('longer', 11), entry('touched', 10, 2000)];
    const before = new Map([known('longer'), known('touched'), known('gone')]);
    const { dirty, removed } = fileChanges(entries, before, never);
    expect(dirty).toEqual(entries);
    expect(removed.map(({ path }) => path)).toEqual(['gone']);
  });

  it('reads a file again that was written so near to the last look that its time may not show it', () => {
    const before = new Map([known('a', { mtimeMs: 9500 })]);
    expect(fileChanges([entry('a', 10, 9500)], before, never).dirty).toHaveLength(1);
  });

  it('reads what was left unfinished', () => {
    expect(fileChanges([entry('a')], new Map([known('a')]), () => true).dirty).toHaveLength(1);
  });
});
