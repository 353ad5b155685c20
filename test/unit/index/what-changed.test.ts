import { renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProvider } from '../../support/fake-provider.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { IndexWorld, type IndexWorldOptions } from '../../support/index-world.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

let directory: string;
let worlds: IndexWorld[];

beforeEach(() => {
  directory = tempDirectory();
  worlds = [];
});
afterEach(async () => {
  for (const world of worlds) await world.close();
});

async function open(folder: string, changes: Partial<IndexWorldOptions> = {}): Promise<IndexWorld> {
  const world = await IndexWorld.open({
    cacheDir: path.join(directory, 'cache'),
    folder,
    ...changes,
  });
  worlds.push(world);
  return world;
}

const code = (name: string) =>
  Array.from({ length: 12 }, (_, i) => `export const ${name}${i} = ${i};`).join('\n');

function repositoryOf(...names: string[]): GitRepository {
  return new GitRepository(
    path.join(directory, 'repository'),
    Object.fromEntries(names.map((name) => [`src/${name}.ts`, code(name)])),
  );
}

/** Time enough has passed that a file's time tells whether it changed. */
function age(folder: string, ...files: string[]): void {
  for (const file of files) utimesSync(path.join(folder, file), 1_000_000, 1_000_000);
}

describe.each([{ git: true }, { git: false }])('a second run with git: $git', ({ git }) => {
  it('reads nothing when nothing changed', async () => {
    const { folder } = repositoryOf('a', 'b');
    age(folder, 'src/a.ts', 'src/b.ts');
    const world = await open(folder, { git });
    expect((await world.run()).files).toEqual({ total: 2, indexed: 2, unchanged: 0, skipped: 0 });
    world.forget();
    expect((await world.run()).files).toEqual({ total: 2, indexed: 0, unchanged: 2, skipped: 0 });
    expect(world.read).toEqual([]);
    expect(world.provider.asked).toEqual([]);
  });

  it('reads only what changed, and follows what is gone, new and newly ignored', async () => {
    const repository = repositoryOf('a', 'b', 'c', 'd');
    age(repository.folder, 'src/a.ts', 'src/b.ts', 'src/c.ts', 'src/d.ts');
    const world = await open(repository.folder, { git });
    await world.run();
    world.forget();
    repository.write({ 'src/a.ts': code('changed'), 'src/new.ts': code('new') });
    repository.write({ '.embeddingignore': 'c.ts' });
    rmSync(path.join(repository.folder, 'src/b.ts'));
    const { files } = await world.run();
    expect(files).toEqual({ total: 5, indexed: 3, unchanged: 1, skipped: 1 });
    expect(world.read.sort()).toEqual(['.embeddingignore', 'src/a.ts', 'src/new.ts']);
    expect(await world.index.skipped()).toEqual([{ path: 'src/c.ts', reason: 'ignored' }]);

    repository.write({ '.embeddingignore': '' });
    world.forget();
    await world.run();
    // By git its content is known without reading.
    const back = git ? [] : ['src/c.ts'];
    expect(world.read.sort()).toEqual(['.embeddingignore', 'src/a.ts', ...back, 'src/new.ts']);
    expect(world.provider.asked).toEqual([]);
    expect(await world.index.skipped()).toEqual([]);
  });

  it('reads a file of another time and cuts it only if its content is another', async () => {
    const { folder } = repositoryOf('a');
    const world = await open(folder, { git: false });
    await world.run();
    const cut: string[] = [];
    const chunker = world.parts.chunker;
    Object.assign(world.parts, {
      chunker: {
        name: chunker.name,
        chunk: (file: string, text: string) => (cut.push(file), chunker.chunk(file, text)),
      },
    });
    age(folder, 'src/a.ts');
    world.forget();
    await world.run();
    expect([world.read, cut]).toEqual([['src/a.ts'], []]);
    world.forget();
    await world.run();
    expect(world.read).toEqual([]);
  });
});

describe('with git', () => {
  it('a change that is taken back where nobody looked leaves the right content', async () => {
    const repository = repositoryOf('a');
    const world = await open(repository.folder);
    await world.run();
    repository.write({ 'src/a.ts': code('changed') });
    await world.refresh(['src/a.ts']);
    repository.git('checkout', '-q', '.');
    await world.run();
    const fresh = await open(repository.folder, { cacheDir: path.join(directory, 'other') });
    await fresh.run();
    expect(await world.state()).toEqual(await fresh.state());
  });

  it('a file changed between the look and the reading is looked at again', async () => {
    const repository = repositoryOf('a', 'b');
    const world = await open(repository.folder);
    const { source } = world.parts;
    Object.assign(world.parts, {
      source: {
        ...source,
        read: async (file: string, blob?: string) => {
          if (file === 'src/a.ts') repository.write({ 'src/a.ts': code('meanwhile') });
          return source.read(file, blob);
        },
      },
    });
    await world.run();
    Object.assign(world.parts, { source });
    repository.git('checkout', '-q', '.');
    await world.run();
    const fresh = await open(repository.folder, { cacheDir: path.join(directory, 'other') });
    await fresh.run();
    expect(await world.state()).toEqual(await fresh.state());
  });

  it('a branch switch and back, a clone and a second work tree read and send nothing known', async () => {
    const repository = repositoryOf('a', 'b', 'c');
    const world = await open(repository.folder);
    await world.run();
    repository.git('checkout', '-q', '-b', 'other');
    repository.write({ 'src/a.ts': code('other') });
    rmSync(path.join(repository.folder, 'src/b.ts'));
    renameSync(
      path.join(repository.folder, 'src/c.ts'),
      path.join(repository.folder, 'src/moved.ts'),
    );
    repository.commit();
    world.forget();
    await world.run();
    expect(world.read).toEqual(['src/a.ts']);
    expect(world.provider.asked.every((text) => text.includes('other'))).toBe(true);

    world.forget();
    repository.git('checkout', '-q', 'main');
    await world.run();
    expect(world.read).toEqual([]);

    const clone = path.join(directory, 'clone');
    repository.git('clone', '-q', repository.folder, clone);
    const tree = path.join(directory, 'tree');
    repository.git('worktree', 'add', '-q', tree, 'other');
    for (const folder of [clone, tree]) {
      const there = await open(folder, { provider: world.provider });
      const report = await there.run();
      expect(there.read).toEqual([]);
      expect(report.files.indexed).toBeGreaterThan(1);
      expect(report.chunks).toMatchObject({ misses: 0, hits: report.chunks.total });
      expect(await there.index.isFinished()).toBe(true);
    }
    expect(world.provider.asked).toEqual([]);
  });

  it('content that a filter of the user’s made of a blob is never taken for the blob itself', async () => {
    const home = process.env['HOME'];
    process.env['HOME'] = directory;
    try {
      const repository = repositoryOf();
      repository.git('config', '--global', 'filter.shout.smudge', 'tr a-z A-Z; echo');
      repository.git('config', '--global', 'filter.shout.clean', 'tr A-Z a-z | head -n -1');
      repository.write({ 'plain.ts': 'const value = 1;\n' });
      repository.commit();
      await (await open(repository.folder)).run();
      const clone = path.join(directory, 'clone');
      repository.git('clone', '-q', repository.folder, clone);
      writeTree(clone, { '.git/info/attributes': '*.ts filter=shout' });
      rmSync(path.join(clone, 'plain.ts'));
      repository.git('-C', clone, 'checkout', '-q', '.');
      const there = await open(clone);
      await there.run();
      expect(there.read).toEqual(['plain.ts']);
      const fresh = await open(clone, { cacheDir: path.join(directory, 'o'), git: false });
      await fresh.run();
      expect(await there.state()).toEqual(await fresh.state());
    } finally {
      process.env['HOME'] = home;
    }
  });

  it.each([
    ['a filter', '*.ts filter=shout'],
    ['ident', '*.md ident'],
    ['a line end', '*.ts text eol=crlf'],
  ])('text that %s makes another, or no longer, is followed', async (_name, attributes) => {
    const home = process.env['HOME'];
    process.env['HOME'] = directory;
    try {
      const repository = repositoryOf('a', 'b');
      repository.write({ 'src/c.md': '# $Id$\n\nA text with its id.\n' });
      repository.commit();
      repository.git('config', '--global', 'filter.shout.smudge', 'tr a-z A-Z');
      repository.git('config', '--global', 'filter.shout.clean', 'tr A-Z a-z');
      const { folder } = repository;
      const world = await open(folder);
      await world.run();
      // As LFS does when it fetches what it had left out: for git nothing has changed.
      for (const text of [attributes, '', attributes]) {
        repository.write({ '.git/info/attributes': text });
        rmSync(path.join(folder, 'src'), { recursive: true });
        repository.git('checkout', '-q', '.');
        expect(repository.git('status', '--porcelain')).toBe('');
        await world.run();
        const other = path.join(directory, `fresh ${Math.random()}`);
        const fresh = await open(folder, { cacheDir: other, git: false });
        await fresh.run();
        expect(await world.state()).toEqual(await fresh.state());
      }
      expect(new Set(world.provider.asked).size).toBe(world.provider.asked.length);
    } finally {
      process.env['HOME'] = home;
    }
  });

  it('another model gets its vectors, although git sees no change', async () => {
    const { folder } = repositoryOf('a', 'b');
    const one = await open(folder);
    await one.run();
    const other = await open(folder, { provider: new FakeProvider({ model: 'other' }) });
    await other.run();
    expect(await other.index.isFinished()).toBe(true);
    expect(other.provider.asked.sort()).toEqual(one.provider.asked.sort());
    // What is cut already is not cut again.
    expect(other.read).toEqual([]);
  });

  it('a run that was cut short is finished by the next, although git sees no change', async () => {
    const { folder } = repositoryOf('a', 'b', 'c');
    const world = await open(folder);
    const controller = new AbortController();
    const { source } = world.parts;
    Object.assign(world.parts, {
      source: {
        ...source,
        read: async (file: string, blob?: string) => {
          if (file === 'src/c.ts') controller.abort();
          return source.read(file, blob);
        },
      },
    });
    await expect(world.run(controller.signal)).rejects.toThrow();
    Object.assign(world.parts, { source });
    const { files } = await world.run();
    expect(files.total).toBe(3);
    expect(await world.index.isFinished()).toBe(true);
    const fresh = await open(folder, { cacheDir: path.join(directory, 'other') });
    await fresh.run();
    expect(await world.state()).toEqual(await fresh.state());
  });
});

describe('files below a folder that is gone', () => {
  it('go with it, and those of a folder with a longer name stay', async () => {
    const folder = path.join(directory, 'plain');
    writeTree(folder, { 'a/x.ts': code('x'), 'a/deep/y.ts': code('y'), 'ab/z.ts': code('z') });
    const world = await open(folder);
    await world.run();
    rmSync(path.join(folder, 'a'), { recursive: true });
    await world.refresh(['a']);
    expect([...(await world.index.files()).keys()]).toEqual(['ab/z.ts']);
  });
});
