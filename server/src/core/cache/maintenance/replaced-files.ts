import { rmSync } from 'node:fs';
import path from 'node:path';
import { generationFile, generationsIn } from '../generations.ts';

/**
 * Removes the files of a directory that newer generations have replaced, which are kept because they
 * are damaged: for someone who wants nothing kept. One that a process still holds stays where the
 * file system wants it so.
 */
export function removeReplaced(directory: string): void {
  for (const [name, generations] of generationsIn(directory)) {
    for (const generation of generations.slice(0, -1)) {
      const file = path.join(directory, generationFile(name, generation));
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    }
  }
}
