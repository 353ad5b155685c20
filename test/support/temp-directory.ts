import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

/** A fresh directory, removed after the test. */
export function tempDirectory(): string {
  const directory = mkdtempSync(path.join(realpathSync(tmpdir()), 'embeddingcache-'));
  made.push(directory);
  return directory;
}

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
