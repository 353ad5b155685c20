import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes files (path with forward slashes → content) below a folder. */
export function writeTree(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
