import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeTree } from './folder-tree.ts';

/** A real git work tree for tests. The machine's own settings and identity play no part. */
export class GitRepository {
  readonly folder: string;

  constructor(folder: string, files: Readonly<Record<string, string | Buffer>> = {}) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.git('init', '-q', '-b', 'main');
    writeTree(folder, files);
    if (Object.keys(files).length > 0) this.commit();
  }

  git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      env: {
        PATH: process.env['PATH'],
        HOME: path.dirname(this.folder),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
        GIT_ALLOW_PROTOCOL: 'file',
      },
    });
  }

  write(files: Readonly<Record<string, string | Buffer>>): void {
    writeTree(this.folder, files);
  }

  commit(): void {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'a change');
  }
}
