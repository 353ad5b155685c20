// Group C of the fault matrix: whatever lies in a folder, or happens to it, the index ends as a fresh
// one of the same tree, nothing hangs, and what is left out has a reason.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskSource } from '../../server/src/core/files/disk-source.ts';
import { FULL } from '../support/faults/tools.ts';
import { writeTree } from '../support/folder-tree.ts';
import { GitRepository } from '../support/git-repository.ts';
import { IndexWorld, type IndexWorldOptions } from '../support/index-world.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const linuxOnly = it.skipIf(process.platform !== 'linux');
const isRoot = process.getuid?.() === 0;

let directory: string;
let folder: string;
let worlds: IndexWorld[];

beforeEach(() => {
  directory = tempDirectory();
  folder = path.join(directory, 'root');
  mkdirSync(folder);
  worlds = [];
});
afterEach(async () => {
  for (const world of worlds) await world.close();
});

async function open(changes: Partial<IndexWorldOptions> = {}): Promise<IndexWorld> {
  const world = await IndexWorld.open({
    cacheDir: path.join(directory, 'cache'),
    folder,
    ...changes,
  });
  worlds.push(world);
  return world;
}

/** The index of the same tree by somebody who has never seen it, without git's help. */
async function freshState(of = folder): Promise<unknown> {
  const fresh = await open({
    folder: of,
    cacheDir: path.join(tempDirectory(), 'fresh'),
    git: false,
  });
  await fresh.run();
  return fresh.state();
}

const pathsOf = async (world: IndexWorld) => [...(await world.index.files()).keys()].sort();
const code = (name: string, lines = 12) =>
  Array.from({ length: lines }, (_, i) => `export const ${name}${i} = ${i};`).join('\n');

describe('C1 links', () => {
  linuxOnly('a loop and links out of the folder add nothing', async () => {
    writeTree(folder, { 'a.ts': code('a'), 'd/b.ts': code('b') });
    writeTree(directory, { 'outside/secret.ts': code('canary') });
    symlinkSync('.', path.join(folder, 'loop'));
    symlinkSync('/etc', path.join(folder, 'etc'));
    symlinkSync('../outside', path.join(folder, 'd/out'));
    symlinkSync('../outside/secret.ts', path.join(folder, 'secret.ts'));
    const world = await open();
    await world.run();
    await world.refresh([
      'loop/a.ts',
      'd/out/secret.ts',
      'secret.ts',
      'etc/passwd',
      '../outside/secret.ts',
    ]);
    expect(await pathsOf(world)).toEqual(['a.ts', 'd/b.ts']);
    expect(world.provider.asked.join()).not.toContain('canary');
  });
});

describe('C2 sizes that lie', () => {
  it('a file of 5 GB is not read', async () => {
    writeTree(folder, { 'a.ts': code('a'), 'big.ts': '' });
    truncateSync(path.join(folder, 'big.ts'), 5 * 2 ** 30);
    const world = await open();
    await world.run();
    expect(await world.index.skipped()).toEqual([{ path: 'big.ts', reason: 'tooLarge' }]);
    expect(world.read).toEqual(['a.ts']);
  });

  linuxOnly('a file that says it is empty is read, and no further than the limit', async () => {
    const small = openDiskSource({ folder: '/proc/self', exclude: [], maxFileSizeKb: 1024 });
    expect(await small.read('status')).toMatchObject({ kind: 'text', text: /Name:/ });
    const tiny = openDiskSource({ folder: '/proc', exclude: [], maxFileSizeKb: 1 });
    expect(await tiny.read('kallsyms')).toMatchObject({ kind: 'skipped', reason: 'tooLarge' });
  });
});

describe('C3 what is no file', () => {
  linuxOnly('pipes, sockets and devices neither hang nor appear', async () => {
    writeTree(folder, { 'a.ts': code('a') });
    execFileSync('mkfifo', [path.join(folder, 'pipe.ts')]);
    if (isRoot) spawnSync('mknod', [path.join(folder, 'device.ts'), 'c', '1', '5']);
    const socket = createServer().listen(path.join(folder, 'socket.ts'));
    await once(socket, 'listening');
    try {
      const world = await open();
      await world.run();
      await world.refresh(['pipe.ts', 'socket.ts', 'device.ts']);
      expect(await pathsOf(world)).toEqual(['a.ts']);
      for (const file of ['pipe.ts', 'socket.ts']) {
        expect(await world.parts.source.read(file)).toMatchObject({
          kind: 'skipped',
          reason: 'unreadable',
        });
      }
    } finally {
      socket.close();
    }
  });
});

describe('C4, C5, C7 what bytes say', () => {
  it('the same text hashes alike in any encoding and with any line ends', async () => {
    const text = code('same');
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    writeTree(folder, {
      'plain.ts': text,
      'bom.ts': `\uFEFF${text}`,
      'crlf.ts': text.replaceAll('\n', '\r\n'),
      'cr.ts': text.replaceAll('\n', '\r'),
      'little.ts': utf16,
      'big.ts': Buffer.from(utf16).swap16(),
    });
    const world = await open();
    const report = await world.run();
    expect(new Set(world.provider.asked).size).toBe(1);
    expect(report.chunks).toMatchObject({ total: 6, misses: 1 });
    for (const file of await pathsOf(world)) {
      expect(await world.index.chunksAt(file)).toMatchObject([{ startLine: 1, endLine: 12 }]);
    }
  });

  it('binary files are skipped; bad bytes and lone surrogates give the same text each time', async () => {
    writeTree(folder, {
      'zero.ts': 'a\0b',
      'noise.ts': Buffer.from(Array.from({ length: 600 }, (_, i) => 128 + ((i * 37) % 127))),
      'latin.ts': Buffer.from(`${code('latin')} // caf\xe9`, 'latin1'),
      'empty.ts': '',
      'blank.ts': '\n \n\t\n',
    });
    const world = await open();
    await world.run();
    expect((await world.index.skipped()).map(({ path: file }) => file)).toEqual([
      'noise.ts',
      'zero.ts',
    ]);
    expect(await world.index.chunksAt('empty.ts')).toEqual([]);
    expect(await world.index.chunksAt('blank.ts')).toEqual([]);
    expect(await world.index.isFinished()).toBe(true);
    expect(await world.state()).toEqual(await freshState());
    for (const text of world.provider.asked) expect(text.isWellFormed()).toBe(true);
  });
});

describe('C6 a line of 2 MB', () => {
  it('is cut into bounded chunks in bounded time', async () => {
    writeTree(folder, { 'long.txt': 'word '.repeat(400_000), 'a.ts': code('a') });
    const world = await open({ maxFileSizeKb: 4096 });
    const startedAt = performance.now();
    await world.run();
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(Math.max(...world.provider.asked.map((text) => text.length))).toBeLessThan(20_000);
    expect((await world.index.chunksAt('long.txt')).length).toBeGreaterThan(50);
  });
});

describe('C8 files that change while they are read', () => {
  it('end as they are on disk', async () => {
    const files = Array.from({ length: 8 }, (_, i) => path.join(folder, `f${i}.ts`));
    const state = new Int32Array(new SharedArrayBuffer(8));
    const writer = new Worker(path.join(import.meta.dirname, '../support/racing-writer.mjs'), {
      workerData: { files, shared: state.buffer },
    });
    const ended = once(writer, 'message');
    const world = await open();
    const changes = (): number => Atomics.load(state, 1);
    for (let round = 0; round < (FULL ? 200 : 15) || changes() < 1000; round++) await world.run();
    Atomics.store(state, 0, 1);
    await ended;
    await world.run();
    expect(await world.state()).toEqual(await freshState());
  });

  it('are read again where neither size nor time can tell of a change right after', async () => {
    const file = path.join(folder, 'a.ts');
    // On a coarse clock what is written now and what is written next have one time.
    const time = Date.now() / 1000 + 1;
    writeFileSync(file, code('old'));
    utimesSync(file, time, time);
    const world = await open();
    await world.run();
    writeFileSync(file, code('new'));
    utimesSync(file, time, time);
    await world.run();
    expect(await world.state()).toEqual(await freshState());
  });
});

describe('C9, C10 many files at once', () => {
  const FILES = FULL ? 10_000 : 600;

  it('a renamed folder sends nothing', async () => {
    writeTree(
      folder,
      Object.fromEntries(
        Array.from({ length: FILES }, (_, i) => [`old/d${i % 50}/f${i}.ts`, code(`n${i}_`, 6)]),
      ),
    );
    const world = await open();
    await world.run();
    world.forget();
    renameSync(path.join(folder, 'old'), path.join(folder, 'new'));
    const report = await world.run();
    expect(world.provider.asked).toEqual([]);
    expect(report.files.indexed).toBe(FILES);
    expect(await pathsOf(world)).toHaveLength(FILES);
  });

  it('a branch switch ends as a fresh index, and what is not new is free', async () => {
    const half = FILES / 2;
    const repository = new GitRepository(
      path.join(directory, 'repository'),
      Object.fromEntries(
        Array.from({ length: FILES }, (_, i) => [`d${i % 50}/f${i}.ts`, code(`n${i}_`, 6)]),
      ),
    );
    repository.git('checkout', '-q', '-b', 'other');
    repository.write(
      Object.fromEntries(
        Array.from({ length: half }, (_, i) => [`d${i % 50}/f${i}.ts`, code(`other${i}_`, 6)]),
      ),
    );
    repository.commit();
    repository.git('checkout', '-q', 'main');
    const world = await open({ folder: repository.folder });
    await world.run();
    world.forget();
    repository.git('checkout', '-q', 'other');
    await world.run();
    expect(world.read).toHaveLength(half);
    expect(world.provider.asked).toHaveLength(half);
    expect(await world.state()).toEqual(await freshState(repository.folder));
    world.forget();
    repository.git('checkout', '-q', 'main');
    await world.run();
    expect([world.read, world.provider.asked]).toEqual([[], []]);
  });
});

describe('C11 very many files', () => {
  linuxOnly(
    'are indexed in bounded memory, and are not looked at again one by one',
    () => {
      const files = FULL ? 100_000 : 1_500;
      const bench = path.resolve(import.meta.dirname, '../bench/large.ts');
      const flag = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
      spawnSync(process.execPath, [flag, bench, String(files)], { stdio: 'inherit' });
      const report = path.resolve(import.meta.dirname, '../../out/bench/large.json');
      const result = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
      expect(result).toMatchObject({ files, unchanged: files });
      expect(result['rssMb']).toBeLessThan(500);
      // Of a few queries beside other tests the slowest says nothing.
      if (FULL) expect(result['queryP99Ms']).toBeLessThan(250);
    },
    3_600_000,
  );
});

describe('C12 what the system refuses', () => {
  const whyNot = process.platform === 'linux' && isRoot ? null : 'needs root on Linux';

  it.skipIf(whyNot !== null)('files and folders without leave are skipped and counted', () => {
    writeTree(folder, { 'a.ts': code('a'), 'closed.ts': code('c'), 'shut/b.ts': code('b') });
    chmodSync(path.join(folder, 'closed.ts'), 0);
    chmodSync(path.join(folder, 'shut'), 0);
    chmodSync(directory, 0o755);
    const cache = path.join(directory, 'cache');
    mkdirSync(cache);
    execFileSync('chown', ['65534:65534', cache]);
    const result = runCli(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'], cache);
    expect(result).toMatchObject({ files: { total: 3, indexed: 1, skipped: 2 } });
  });

  linuxOnly('a process with few file descriptors indexes all the same', () => {
    writeTree(
      folder,
      Object.fromEntries(
        Array.from({ length: 400 }, (_, i) => [`d${i % 40}/f${i}.ts`, code(`n${i}_`, 3)]),
      ),
    );
    const result = runCli(
      ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'],
      path.join(directory, 'cache'),
    );
    expect(result).toMatchObject({ files: { total: 400, indexed: 400, skipped: 0 } });
  });

  /** The built command line under another command; needs `npm run build`. */
  function runCli(under: readonly string[], cacheDir: string): unknown {
    const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
    const args = [process.execPath, cli, 'index', folder, '--json', '--cache-dir', cacheDir];
    const [command, ...rest] = [...under, ...args];
    const env = { ...process.env, HOME: cacheDir };
    const { stdout, stderr, status } = spawnSync(command!, rest, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }
});

describe('C14, C15 names', () => {
  linuxOnly('any name a file can have is indexed; one that is no text is skipped', async () => {
    const names = [
      'a b.ts',
      '#?%.ts',
      'u\u0308.ts',
      '😀.ts',
      'new\nline.ts',
      'quo\'te".ts',
      'back\\slash.ts',
      '-rf.ts',
    ];
    writeTree(folder, Object.fromEntries(names.map((name) => [name, code('x')])));
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff, 0x2e, 0x74, 0x73])]),
      'x',
    );
    for (const git of [false, true]) {
      if (git) execFileSync('git', ['init', '-q'], { cwd: folder });
      const world = await open({ git, cacheDir: path.join(directory, `cache-${git}`) });
      await world.run();
      expect(await pathsOf(world)).toEqual([...names, 'bad\uFFFD.ts'].sort());
      expect(await world.index.skipped()).toEqual([{ path: 'bad\uFFFD.ts', reason: 'unreadable' }]);
    }
  });

  it('twins that differ by case alone are two files where the disk has two, and one where it has one', async () => {
    writeTree(folder, { 'a.ts': code('lower') });
    const caseSensitive = !existsSync(path.join(folder, 'A.ts'));
    const world = await open();
    await world.run();
    renameSync(path.join(folder, 'a.ts'), path.join(folder, 'A.ts'));
    await world.run();
    expect(await pathsOf(world)).toEqual(['A.ts']);
    if (!caseSensitive) return;
    writeTree(folder, { 'a.ts': code('lower again') });
    await world.refresh(['a.ts']);
    expect(await pathsOf(world)).toEqual(['A.ts', 'a.ts']);
    rmSync(path.join(folder, 'a.ts'));
    await world.refresh(['a.ts']);
    expect(await pathsOf(world)).toEqual(['A.ts']);
    expect(await world.state()).toEqual(await freshState());
  });
});

describe('C16 a path longer than the system takes', () => {
  linuxOnly('is skipped and counted, and the rest is indexed', async () => {
    writeTree(folder, { 'a.ts': code('a') });
    const script =
      'n=$(printf "d%.0s" $(seq 200)); for i in $(seq 40); do mkdir "$n" && cd -P "$n" || exit 1; done; echo x > f.ts';
    execFileSync('bash', ['-c', script], { cwd: folder });
    const world = await open();
    await world.run();
    const skipped = await world.index.skipped();
    expect(skipped).toMatchObject([{ reason: 'unreadable' }]);
    expect(await pathsOf(world)).toContain('a.ts');
    execFileSync('rm', ['-rf', path.join(folder, 'd'.repeat(200))]);
    await world.run();
    expect(await pathsOf(world)).toEqual(['a.ts']);
  });
});

describe('C17 folders within folders', () => {
  it('a folder removed while it is indexed ends as empty, and the run ends', async () => {
    writeTree(
      folder,
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}.ts`, code(`n${i}_`, 3)])),
    );
    const world = await open();
    const source = world.parts.source;
    let left = 50;
    Object.assign(world.parts, {
      source: {
        ...source,
        read: (file: string, blob?: string) => {
          if (left-- === 0) {
            rmSync(folder, { recursive: true });
            mkdirSync(folder);
          }
          return source.read(file, blob);
        },
      },
    });
    await world.run();
    Object.assign(world.parts, { source });
    await world.run();
    expect(await pathsOf(world)).toEqual([]);
  });
});

describe('C18 ignore rules that change', () => {
  it.each([true, false])(
    'what they leave out goes and what they take back comes (git: %s)',
    async (git) => {
      const files = { 'a.ts': code('a'), 'out/b.ts': code('b'), 'out/keep.ts': code('k') };
      const repository = new GitRepository(path.join(directory, 'repository'), files);
      const world = await open({ folder: repository.folder, git });
      for (const rules of ['', 'out/', 'out/*\n!out/keep.ts', '*.ts', '!*.ts', '*.ts\n!a.ts']) {
        repository.write({ '.embeddingignore': rules });
        await world.run();
        expect(await world.state()).toEqual(await freshState(repository.folder));
      }
      expect(await pathsOf(world)).toHaveLength(4);
      expect((await world.index.skipped()).map(({ path: file }) => file)).toEqual([
        'out/b.ts',
        'out/keep.ts',
      ]);
      expect(new Set(world.provider.asked).size).toBe(world.provider.asked.length);
    },
  );
});
