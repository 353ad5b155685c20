import { describe, expect, it } from 'vitest';
import { fileChanges, type KnownFile } from '../../../server/src/core/index/file-changes.ts';

const known = (path: string, fields: Partial<KnownFile> = {}): [string, KnownFile] => [
  path,
  {
    id: 1,
    path,
    size: 10,
    mtimeMs: 1000,
    scannedAtMs: 10_000,
    skipped: null,
    blob: 'b10b',
    ...fields,
  },
];
const entry = (path: string, size = 10, mtimeMs = 1000) => ({ path, size, mtimeMs });
const never = () => false;

describe('file changes', () => {
  it('takes a file of the same size and time for unchanged', () => {
    const changes = fileChanges([entry('a')], [], new Map([known('a')]), never);
    expect(changes).toEqual({ dirty: [], leftOut: [], removed: [], unchanged: 1, skipped: 0 });
  });

  it('finds new, changed and removed files', () => {
    const entries = [entry('new'), entry('longer', 11), entry('touched', 10, 2000)];
    const before = new Map([known('longer'), known('touched'), known('gone')]);
    const { dirty, removed } = fileChanges(entries, [], before, never);
    expect(dirty).toMatchObject(entries);
    expect(removed.map(({ path }) => path)).toEqual(['gone']);
  });

  it('says which content of a changed file would be the one already cut', () => {
    const { dirty } = fileChanges(
      [entry('touched', 10, 2000), entry('new')],
      [],
      new Map([known('touched')]),
      never,
    );
    expect(dirty.map(({ doneIfBlob }) => doneIfBlob)).toEqual(['b10b', null]);
  });

  it('reads a file again that was written so near to the last look that its time may not show it', () => {
    const before = new Map([known('a', { mtimeMs: 9500 })]);
    expect(fileChanges([entry('a', 10, 9500)], [], before, never).dirty).toHaveLength(1);
  });

  it('reads what was left unfinished to the end, whatever its content', () => {
    const { dirty } = fileChanges([entry('a')], [], new Map([known('a')]), () => true);
    expect(dirty).toEqual([{ ...entry('a'), doneIfBlob: null }]);
  });

  it('counts what is left out, and tells of it once', () => {
    const before = new Map([
      known('binary', { skipped: 'binary' }),
      known('ignored', { skipped: 'ignored', size: 0, mtimeMs: 0, blob: null }),
      known('now ignored'),
    ]);
    const left = (path: string) => ({ path, reason: 'ignored' as const });
    const changes = fileChanges(
      [entry('binary')],
      [left('ignored'), left('now ignored')],
      before,
      never,
    );
    expect(changes).toMatchObject({
      leftOut: [left('now ignored')],
      removed: [],
      unchanged: 0,
      skipped: 3,
    });
  });
});
