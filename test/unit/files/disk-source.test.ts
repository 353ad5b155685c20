import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../server/src/core/errors.ts';
import {
  type DiskSourceConfig,
  openDiskSource,
} from '../../../server/src/core/files/disk-source.ts';
import type { FileSource } from '../../../server/src/core/files/file-source.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const posixOnly = it.skipIf(process.platform === 'win32');
const { signal } = new AbortController();

function sourceOf(folder: string, config: Partial<DiskSourceConfig> = {}): FileSource {
  return openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024, ...config });
}

/** `path` for a file, `path: reason` for a skipped one, sorted. */
async function listed(folder: string, config: Partial<DiskSourceConfig> = {}): Promise<string[]> {
  const { files, skipped } = await sourceOf(folder, config).list(signal);
  return [
    ...files.map((file) => file.path),
    ...skipped.map((file) => `${file.path}: ${file.reason}`),
  ].sort();
}

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = path.join(tempDirectory(), 'root');
  mkdirSync(folder);
  writeTree(folder, files);
  return folder;
}

describe('listing a folder on disk', () => {
  it('gives files of all depths with size and time, by path with forward slashes', async () => {
    const folder = folderWith({ 'a.ts': 'one', 'src/deep/er/b.ts': 'four' });
    const { files } = await sourceOf(folder).list(signal);
    expect(files.map(({ path: p, size }) => [p, size])).toEqual([
      ['a.ts', 3],
      ['src/deep/er/b.ts', 4],
    ]);
    expect(files[0]!.mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  it('stays out of version control, packages and tool caches, whatever ignore files say', async () => {
    const folder = folderWith({
      '.embeddingignore': '!node_modules/\n!.git/',
      'node_modules/x/index.js': '',
      'sub/node_modules/y.js': '',
      '.git/config': '',
      '.venv/lib/a.py': '',
      'kept.ts': '',
    });
    expect(await listed(folder)).toEqual(['.embeddingignore', 'kept.ts']);
  });

  it('applies .gitignore files of every depth as git does', async () => {
    const folder = folderWith({
      '.gitignore': '*.log\n/build\nout/\n!keep.log\n\\#odd\n# note\n',
      'a.log': '',
      'keep.log': '',
      'build/x.ts': '',
      'sub/build/y.ts': '',
      'sub/out/z.ts': '',
      '#odd': '',
      'sub/.gitignore': '!a.log\nlocal.ts\n/only-here.ts\ndeep/er/*.ts\n',
      'sub/a.log': '',
      'sub/local.ts': '',
      'sub/deep/local.ts': '',
      'sub/only-here.ts': '',
      'sub/deep/only-here.ts': '',
      'sub/deep/er/q.ts': '',
      'local.ts': '',
    });
    expect(await listed(folder)).toEqual(
      [
        '#odd: ignored',
        '.gitignore',
        'a.log: ignored',
        'keep.log',
        'local.ts',
        'sub/.gitignore',
        'sub/a.log',
        'sub/build/y.ts',
        'sub/deep/er/q.ts: ignored',
        'sub/deep/local.ts: ignored',
        'sub/deep/only-here.ts',
        'sub/local.ts: ignored',
        'sub/only-here.ts: ignored',
      ].sort(),
    );
  });

  it.runIf(process.platform === 'linux')('takes case in ignore files as git does', async () => {
    const folder = folderWith({ '.gitignore': 'Build/', 'build/a.ts': '', 'Build/b.ts': '' });
    expect(await listed(folder)).toEqual(['.gitignore', 'build/a.ts']);
  });

  it('brings back a folder that a file further down does not ignore again', async () => {
    const folder = folderWith({
      '.gitignore': 'gen/',
      'a/.gitignore': '!gen/',
      'a/gen/x.ts': '',
      'b/gen/x.ts': '',
    });
    expect(await listed(folder)).toEqual(['.gitignore', 'a/.gitignore', 'a/gen/x.ts']);
  });

  it('takes rules of a folder whose name is a pattern itself', async () => {
    const folder = folderWith({ 'a[1]/.gitignore': 'x.ts', 'a[1]/x.ts': '', 'a1/x.ts': '' });
    expect(await listed(folder)).toEqual(['a1/x.ts', 'a[1]/.gitignore', 'a[1]/x.ts: ignored']);
  });

  it('lets .embeddingignore add to .gitignore and take back from it', async () => {
    const folder = folderWith({
      '.gitignore': 'generated.ts',
      '.embeddingignore': '!generated.ts\nlegacy/',
      'generated.ts': '',
      'legacy/a.ts': '',
    });
    expect(await listed(folder)).toEqual(['.embeddingignore', '.gitignore', 'generated.ts']);
  });

  it('follows the settings over the ignore files', async () => {
    const folder = folderWith({
      '.embeddingignore': '!*.sql',
      'a.sql': '',
      'data/b.ts': '',
      'c.ts': '',
    });
    expect(
      await listed(folder, {
        exclude: [
          { pattern: '**/*.sql', setting: 'a' },
          { pattern: 'data/**', setting: 'a' },
        ],
      }),
    ).toEqual(['.embeddingignore', 'a.sql: ignored', 'c.ts', 'data/b.ts: ignored']);
  });

  it('never gives files that hold secrets, and a repository cannot relax that', async () => {
    const secrets = ['.env', '.env.local', 'a/server.PEM', 'id_rsa', 'id_ed25519.old', '.npmrc'];
    const folder = folderWith({
      '.gitignore': '!.env\n!*.PEM\n!id_rsa\n!.ssh/',
      '.embeddingignore': '!.env\n!.ssh/',
      'id_map.ts': '',
      '.ssh/config': '',
      ...Object.fromEntries(secrets.map((file) => [file, 'canary'])),
    });
    const source = sourceOf(folder);
    expect(await listed(folder)).toEqual(
      [
        '.embeddingignore',
        '.gitignore',
        'id_map.ts',
        ...secrets.map((file) => `${file}: secretName`),
      ].sort(),
    );
    for (const file of [...secrets, '.ssh/config']) {
      expect(await source.read(file)).toEqual({ kind: 'skipped', reason: 'secretName' });
    }
  });

  posixOnly('does not follow symbolic links, so a loop has no effect', async () => {
    const folder = folderWith({ 'a.ts': '' });
    symlinkSync('.', path.join(folder, 'loop'));
    symlinkSync('/etc', path.join(folder, 'etc'));
    symlinkSync('a.ts', path.join(folder, 'b.ts'));
    expect(await listed(folder)).toEqual(['a.ts']);
  });

  posixOnly('passes over pipes without opening them', async () => {
    const folder = folderWith({ 'a.ts': '' });
    execFileSync('mkfifo', [path.join(folder, 'pipe.ts')]);
    expect(await listed(folder)).toEqual(['a.ts']);
    expect(await sourceOf(folder).read('pipe.ts')).toEqual({
      kind: 'skipped',
      reason: 'unreadable',
    });
  });

  posixOnly('takes any name a file can have and reports names that are no text', async () => {
    const folder = folderWith({
      'a b#?%.ts': '',
      'new\nline.ts': '',
      '😀.ts': '',
      'back\\slash.ts': '',
    });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]), '');
    expect(await listed(folder)).toEqual(
      ['a b#?%.ts', 'back\\slash.ts', 'bad\uFFFD: unreadable', 'new\nline.ts', '😀.ts'].sort(),
    );
  });

  it('skips by size before reading, and by name what holds no source', async () => {
    const folder = folderWith({
      'big.ts': '',
      'logo.png': '',
      'package-lock.json': '',
      'x.min.js': '',
    });
    truncateSync(path.join(folder, 'big.ts'), 5 * 2 ** 30);
    expect(await listed(folder)).toEqual([
      'big.ts: tooLarge',
      'logo.png: binary',
      'package-lock.json: generated',
      'x.min.js: generated',
    ]);
    expect(await sourceOf(folder).read('big.ts')).toEqual({ kind: 'skipped', reason: 'tooLarge' });
  });

  it('stops when told to', async () => {
    const folder = folderWith({ 'a.ts': '' });
    await expect(sourceOf(folder).list(AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('says so when the folder itself cannot be opened', async () => {
    const source = sourceOf(path.join(tempDirectory(), 'gone'));
    await expect(source.list(signal)).rejects.toThrow(Failure);
  });

  it('leaves the event loop free while it walks', async () => {
    const files = Array.from({ length: 2_000 }, (_, i) => [`d${i % 50}/f${i}.ts`, 'x'] as const);
    const folder = folderWith(Object.fromEntries(files));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    try {
      await sourceOf(folder).list(signal);
    } finally {
      clearInterval(timer);
    }
    expect(turns).toBeGreaterThan(2);
  });
});

describe('looking at single paths', () => {
  it('judges each as a walk does, and leaves out what is gone', async () => {
    const folder = folderWith({
      '.gitignore': '*.log\nout/',
      'a.ts': '',
      'b.log': '',
      'out/c.ts': '',
      'src/d.ts': '',
      'src/.env': '',
      'node_modules/e.js': '',
      'f.png': '',
    });
    const { files, skipped } = await sourceOf(folder).stat([
      'a.ts',
      'b.log',
      'out/c.ts',
      'src/d.ts',
      'src/.env',
      'node_modules/e.js',
      'f.png',
      'gone.ts',
      'gone/too.log',
      'src',
      '../root/a.ts',
    ]);
    expect(files.map((file) => file.path)).toEqual(['a.ts', 'src/d.ts']);
    expect(skipped).toEqual([
      { path: 'b.log', reason: 'ignored' },
      { path: 'src/.env', reason: 'secretName' },
      { path: 'f.png', reason: 'binary' },
    ]);
  });

  it('reads ignore files afresh each time', async () => {
    const folder = folderWith({ 'a.ts': '' });
    const source = sourceOf(folder);
    expect((await source.stat(['a.ts'])).files).toHaveLength(1);
    writeTree(folder, { '.gitignore': 'a.ts' });
    expect((await source.stat(['a.ts'])).skipped).toEqual([{ path: 'a.ts', reason: 'ignored' }]);
    writeTree(folder, { '.gitignore': '' });
    expect((await source.stat(['a.ts'])).files).toHaveLength(1);
  });
});
