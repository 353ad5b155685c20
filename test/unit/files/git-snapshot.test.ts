import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDiskSource } from '../../../server/src/core/files/disk-source.ts';
import type { FileSource } from '../../../server/src/core/files/file-source.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
const posixOnly = it.skipIf(process.platform === 'win32');
let directory: string;

beforeEach(() => {
  directory = tempDirectory();
});

function sourceOf(folder: string, changes = {}): FileSource {
  return openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024, git: true, ...changes });
}

async function idOf(folder: string, changes = {}): Promise<string> {
  const snapshot = await sourceOf(folder, changes).snapshot(signal);
  if (!snapshot) throw new Error('git has nothing to say');
  return snapshot.id;
}

/** `path` for a file that is taken, `path: reason` for one that is not, sorted. */
async function namesBy(source: FileSource, way: 'git' | 'walk'): Promise<string[]> {
  const lister = way === 'git' ? await source.snapshot(signal) : source;
  const { files, clean, skipped } = await lister!.list(signal);
  const looked = await source.stat(clean.map((file) => file.path));
  return [
    ...[...files, ...looked.files].map((file) => file.path),
    ...[...skipped, ...looked.skipped].map((file) => `${file.path}: ${file.reason}`),
  ].sort();
}

/** Git and a walk must agree on what is there. */
async function expectBothToList(folder: string, names: readonly string[]): Promise<void> {
  const source = sourceOf(folder);
  expect(await namesBy(source, 'walk')).toEqual([...names].sort());
  expect(await namesBy(source, 'git')).toEqual([...names].sort());
}

/** With a home folder that holds settings of git. */
async function inHome(home: string, work: () => Promise<void>): Promise<void> {
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  try {
    await work();
  } finally {
    process.env['HOME'] = before;
  }
}

describe('a snapshot by git', () => {
  it('lists what a walk lists: tracked, changed, new, ignored, removed, in conflict', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), {
      '.gitignore': '*.log\nbuild/\n',
      'a.ts': 'a',
      'src/b.ts': 'b',
      'src/gone.ts': 'gone',
      'src/.env': 'secret',
      'logo.png': 'png',
      'big.ts': 'x'.repeat(2 << 20),
      'tab\tand "quotes" ü😀.ts': '',
    });
    repository.git('branch', 'other');
    repository.write({ 'a.ts': 'ours' });
    repository.commit();
    repository.git('checkout', '-q', 'other');
    repository.write({ 'a.ts': 'theirs' });
    repository.commit();
    expect(() => repository.git('merge', 'main')).toThrow();
    repository.write({
      'src/b.ts': 'changed',
      'src/new.ts': 'new',
      'x.log': 'log',
      'build/out.ts': 'built',
      'deep/er/.gitignore': '*.tmp.ts',
      'deep/er/y.tmp.ts': '',
      'forced.log': 'tracked all the same',
    });
    repository.git('add', '-f', 'forced.log');
    rmSync(path.join(repository.folder, 'src/gone.ts'));
    await expectBothToList(repository.folder, [
      '.gitignore',
      'a.ts',
      'big.ts: tooLarge',
      'deep/er/.gitignore',
      'deep/er/y.tmp.ts: ignored',
      'forced.log: ignored',
      'logo.png: binary',
      'src/.env: secretName',
      'src/b.ts',
      'src/new.ts',
      'tab\tand "quotes" ü😀.ts',
      'x.log: ignored',
    ]);
  });

  posixOnly('follows no link, be it tracked or put in the place of a folder', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': '', 'd/b.ts': '' });
    symlinkSync('a.ts', path.join(repository.folder, 'link.ts'));
    repository.commit();
    writeTree(directory, { 'outside/b.ts': '', 'outside/secret.ts': '' });
    rmSync(path.join(repository.folder, 'd'), { recursive: true });
    symlinkSync('../outside', path.join(repository.folder, 'd'));
    await expectBothToList(repository.folder, ['a.ts']);
  });

  it('lets .embeddingignore take back what git ignores', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), {
      '.gitignore': 'out/\nlocal.ts',
      '.embeddingignore': '!out/\n!local.ts',
    });
    repository.write({ 'out/a.ts': '', 'out/deep/b.ts': '', 'local.ts': '' });
    await expectBothToList(repository.folder, [
      '.embeddingignore',
      '.gitignore',
      'local.ts',
      'out/a.ts',
      'out/deep/b.ts',
    ]);
  });

  it('goes by the ignore files above a folder within a work tree, and by info/exclude', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), {
      '.gitignore': '*.gen.ts\n/packages/*/dist/',
      'packages/one/a.ts': '',
      'packages/two/b.ts': '',
    });
    repository.write({
      '.git/info/exclude': 'mine.ts',
      'packages/one/x.gen.ts': '',
      'packages/one/dist/y.ts': '',
      'packages/one/mine.ts': '',
    });
    await expectBothToList(path.join(repository.folder, 'packages/one'), [
      'a.ts',
      'mine.ts: ignored',
      'x.gen.ts: ignored',
    ]);
  });

  it('goes by the ignore file that the user’s settings of git name, wherever that is written', async () => {
    const repository = new GitRepository(path.join(directory, 'home/r'), { 'a.ts': '' });
    repository.write({ 'mine.ts': '', 'yours.ts': '', 'ours.ts': '' });
    await inHome(path.join(directory, 'home'), async () => {
      const home = path.join(directory, 'home');
      writeTree(home, { '.config/git/ignore': 'yours.ts' });
      await expectBothToList(repository.folder, [
        'a.ts',
        'mine.ts',
        'ours.ts',
        'yours.ts: ignored',
      ]);
      // A setting takes the place of that file; as dotfiles go, both may be links.
      writeTree(home, {
        'dotfiles/gitconfig':
          '[core]\n\teditor = vi ; not emacs\n[include]\n\tpath = "more config"\n',
        'dotfiles/ignore': 'mine.ts',
        'more config': '[Core]\n  ExcludesFile = ~/".gitignore_global" # one for all\n',
      });
      symlinkSync('dotfiles/gitconfig', path.join(home, '.gitconfig'));
      symlinkSync('dotfiles/ignore', path.join(home, '.gitignore_global'));
      // Git takes the link's folder for that of what is included.
      expect(repository.git('check-ignore', 'mine.ts', 'yours.ts')).toBe('mine.ts\n');
      await expectBothToList(repository.folder, [
        'a.ts',
        'mine.ts: ignored',
        'ours.ts',
        'yours.ts',
      ]);
      expect(await sourceOf(repository.folder).explain('mine.ts')).toMatchObject({
        rule: { source: '~/.gitignore_global', line: 1, pattern: 'mine.ts' },
      });
      const before = await idOf(repository.folder);
      writeTree(home, { 'dotfiles/ignore': 'mine.ts\n!ours.ts' });
      expect(await idOf(repository.folder)).not.toBe(before);

      repository.git('config', 'core.excludesFile', path.join(home, 'of this one'));
      writeTree(home, { 'of this one': 'ours.ts' });
      await expectBothToList(repository.folder, [
        'a.ts',
        'mine.ts',
        'ours.ts: ignored',
        'yours.ts',
      ]);
    });
  });

  it('goes by info/exclude in a linked work tree and in a submodule, too', async () => {
    const library = new GitRepository(path.join(directory, 'library'), { 'l.ts': '' });
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': '' });
    const add = ['submodule', '--quiet', 'add', library.folder, 'sub'];
    repository.git('-c', 'protocol.file.allow=always', ...add);
    repository.commit();
    const tree = path.join(directory, 'tree');
    repository.git('worktree', 'add', '-q', tree);
    repository.write({
      '.git/info/exclude': 'mine.ts',
      '.git/modules/sub/info/exclude': 'own.ts',
      'sub/own.ts': '',
      'sub/mine.ts': '',
    });
    writeTree(tree, { 'mine.ts': '', 'own.ts': '' });
    await expectBothToList(tree, ['.gitmodules', 'a.ts', 'mine.ts: ignored', 'own.ts']);
    await expectBothToList(path.join(repository.folder, 'sub'), [
      'l.ts',
      'mine.ts',
      'own.ts: ignored',
    ]);
  });

  it('leaves a folder that the work tree around it ignores to the walk', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { '.gitignore': 'out/' });
    repository.write({ 'out/a.ts': '' });
    const source = sourceOf(path.join(repository.folder, 'out'));
    expect(await source.snapshot(signal)).toBeNull();
    expect(await namesBy(source, 'walk')).toEqual(['a.ts']);
  });

  it('enters submodules and other work trees within the folder', async () => {
    const library = new GitRepository(path.join(directory, 'library'), { 'l.ts': '', 'm.ts': '' });
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': '' });
    repository.git('submodule', '--quiet', 'add', library.folder, 'libs/library');
    repository.commit();
    const nested = new GitRepository(path.join(repository.folder, 'nested'), { 'n.ts': '' });
    nested.write({ 'untracked.ts': '' });
    repository.write({ 'libs/library/m.ts': 'changed' });
    await expectBothToList(repository.folder, [
      '.gitmodules',
      'a.ts',
      'libs/library/l.ts',
      'libs/library/m.ts',
      'nested/n.ts',
      'nested/untracked.ts',
    ]);
  });

  it('knows the content of clean files without reading them, alike in every work tree', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': 'a', 'b.ts': 'b' });
    const tree = path.join(directory, 'tree');
    repository.git('worktree', 'add', '-q', tree);
    repository.write({ 'b.ts': 'changed' });
    const cleanIn = async (folder: string) =>
      (await (await sourceOf(folder).snapshot(signal))!.list(signal)).clean;
    const [a] = await cleanIn(repository.folder);
    expect(await cleanIn(repository.folder)).toEqual([{ path: 'a.ts', blob: a!.blob }]);
    expect(await cleanIn(tree)).toContainEqual(a);
    const source = sourceOf(repository.folder);
    expect(await source.read('a.ts')).toMatchObject({ blob: a!.blob });
    expect(await source.read('b.ts')).not.toMatchObject({ blob: a!.blob });
  });

  it('knows a file that git turned into the system’s line ends for what git has', async () => {
    const repository = new GitRepository(path.join(directory, 'r'));
    repository.git('config', 'core.autocrlf', 'true');
    repository.write({ 'a.ts': 'one\r\ntwo\r\n' });
    repository.commit();
    const source = sourceOf(repository.folder);
    const { clean } = await (await source.snapshot(signal))!.list(signal);
    expect(clean).toMatchObject([{ path: 'a.ts' }]);
    expect(await source.read('a.ts', clean[0]!.blob)).toMatchObject({ blob: clean[0]!.blob });
  });

  it('is not taken without leave, outside a work tree, or where git is kept from it', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': '' });
    writeTree(directory, { 'plain/a.ts': '' });
    expect(await sourceOf(repository.folder, { git: false }).snapshot(signal)).toBeNull();
    expect(await sourceOf(path.join(directory, 'plain')).snapshot(signal)).toBeNull();
    writeTree(repository.folder, { '.git/config': 'not a config' });
    expect(await sourceOf(repository.folder).snapshot(signal)).toBeNull();
  });
});

describe('the id of a snapshot', () => {
  it('stays while nothing changes and moves with whatever decides what is indexed', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), {
      'a.ts': 'a',
      'b.ts': 'b',
      'sub/.embeddingignore': 'x.ts',
    });
    const { folder } = repository;
    let last = await idOf(folder);
    expect(await idOf(folder)).toBe(last);
    const expectMoved = async (changes = {}) => {
      const now = await idOf(folder, changes);
      expect(now).not.toBe(last);
      if (Object.keys(changes).length === 0) last = now;
    };
    repository.write({ 'a.ts': 'changed' });
    await expectMoved();
    repository.commit();
    await expectMoved();
    repository.write({ 'new.ts': '' });
    await expectMoved();
    rmSync(path.join(folder, 'b.ts'));
    await expectMoved();
    repository.write({ 'sub/.embeddingignore': 'y.ts' });
    await expectMoved();
    // Still changed as git sees it, but by other lines.
    repository.write({ 'sub/.embeddingignore': 'z.ts' });
    await expectMoved();
    repository.write({ '.git/info/exclude': 'q.ts' });
    await expectMoved();
    await expectMoved({ maxFileSizeKb: 1 });
    await expectMoved({ exclude: [{ pattern: 'a.ts', setting: 'files.exclude' }] });
  });

  it('names changed and new files as those to be looked at each time', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': 'a', 'b.ts': 'b' });
    repository.write({ 'a.ts': 'changed', 'new.ts': '' });
    const snapshot = await sourceOf(repository.folder).snapshot(signal);
    expect([...snapshot!.loose].sort()).toEqual(['a.ts', 'new.ts']);
  });
});

describe('asking git about a hostile repository', () => {
  posixOnly('runs nothing that the repository configures', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), {
      '.gitattributes': '*.ts filter=evil',
      'a.ts': 'a',
      'b.ts': 'b',
    });
    const mark = path.join(directory, 'it-ran');
    const script = path.join(directory, 'evil.sh');
    writeTree(directory, { 'evil.sh': `#!/bin/sh\ntouch ${mark}\ncat\n` });
    execFileSync('chmod', ['+x', script]);
    writeTree(repository.folder, {
      '.git/hooks/post-index-change': `#!/bin/sh\ntouch ${mark}\n`,
      'included.config': `[filter "evil"]\n\tclean = ${script}\n\trequired = true\n`,
    });
    execFileSync('chmod', ['+x', path.join(repository.folder, '.git/hooks/post-index-change')]);
    repository.git('config', 'core.fsmonitor', script);
    repository.git('config', 'include.path', '../included.config');
    // Another time, the same content: git would have to run the filter to know.
    utimesSync(path.join(repository.folder, 'a.ts'), 1, 1);
    const source = sourceOf(repository.folder);
    const snapshot = await source.snapshot(signal);
    expect(snapshot).not.toBeNull();
    await snapshot!.list(signal);
    expect(existsSync(mark)).toBe(false);

    // So that the test can fail: git itself does run them.
    repository.git('status');
    expect(existsSync(mark)).toBe(true);
  });

  posixOnly('leaves the repository untouched and takes no lock', async () => {
    const repository = new GitRepository(path.join(directory, 'r'), { 'a.ts': 'a' });
    writeTree(repository.folder, { '.git/index.lock': '' });
    utimesSync(path.join(repository.folder, 'a.ts'), 1, 1);
    expect(await sourceOf(repository.folder).snapshot(signal)).not.toBeNull();
  });
});
