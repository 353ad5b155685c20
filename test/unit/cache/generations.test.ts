import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  currentFile,
  currentGeneration,
  generationFile,
  generationsIn,
} from '../../../server/src/core/cache/generations.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

function directoryWith(...files: string[]): string {
  const directory = tempDirectory();
  for (const file of files) writeFileSync(path.join(directory, file), '');
  return directory;
}

describe('generations of a cache file', () => {
  it('are told by the name, the first without a number', () => {
    expect([1, 2, 10].map((n) => generationFile('a-1', n))).toEqual([
      'a-1.db',
      'a-1.g2.db',
      'a-1.g10.db',
    ]);
  });

  it('end at the newest that exists, counted as a number', () => {
    const directory = directoryWith('a-1.db', 'a-1.g2.db', 'a-1.g10.db', 'b.db', 'b.db-wal');
    expect(currentFile(directory, 'a-1')).toBe(path.join(directory, 'a-1.g10.db'));
    expect(currentGeneration(directory, 'b')).toBe(1);
    expect(currentGeneration(directory, 'new')).toBe(1);
    expect([...generationsIn(directory)]).toEqual([
      ['a-1', [1, 2, 10]],
      ['b', [1]],
    ]);
  });

  it('are nothing else that lies in the directory', () => {
    const directory = directoryWith('a.g0.db', 'a.g2.db-shm', 'a.g2.db.bak', 'x.npy', 'a.gx.db');
    expect(generationsIn(directory)).toEqual(new Map());
  });
});
