import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { generationFile } from '../../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../../server/src/core/cache/shard-file.ts';
import { openShard } from '../../../server/src/core/cache/shard.ts';
import { SteadyShard } from '../../../server/src/core/cache/steady-shard.ts';
import type { Failure } from '../../../server/src/core/errors.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const space = spaceNamed('steady', 64);
const texts = Array.from({ length: 1000 }, (_, i) => `text ${i}`);
const vectorsOf = (of: readonly string[]) =>
  new Map(of.map((text) => [textHashOf(text), fakeVector(space, text)]));
const all = vectorsOf(texts);

function setUp(directory = tempDirectory()) {
  const problems: Failure[] = [];
  const fileOf = (generation: number) =>
    path.join(directory, generationFile(shardNameOf(space), generation));
  const open = () =>
    new SteadyShard({ directory, space, onProblem: (problem) => problems.push(problem) });
  return { directory, problems, fileOf, open };
}

/** Stores all texts, and leaves the file as a process that ended would. */
async function filled() {
  const world = setUp();
  const shard = world.open();
  await shard.putMany(all);
  await shard.close();
  return world;
}

function damage(file: string, change: (bytes: Buffer) => Buffer): Buffer {
  const damaged = change(readFileSync(file));
  writeFileSync(file, damaged);
  return damaged;
}

describe('a steady shard', () => {
  it.each<[string, (bytes: Buffer) => Buffer, least: number]>([
    ['header', (bytes) => bytes.fill('x', 0, 100), 1000],
    ['first page', (bytes) => bytes.fill(0, 0, 8192), 1000],
    ['first twenty pages', (bytes) => bytes.fill(0xa5, 0, 20 * 8192), 500],
    ['second half, cut off', (bytes) => bytes.subarray(0, bytes.length / 2), 300],
  ])('recovers what is left of a file with a damaged %s', async (_, change, least) => {
    const { open, problems, fileOf } = await filled();
    const damaged = damage(fileOf(1), change);

    const shard = open();
    const found = await shard.getMany(texts.map(textHashOf));
    expect(found.size).toBeGreaterThanOrEqual(least);
    for (const [hash, vector] of found) expect(vector).toEqual(all.get(hash));
    expect(problems).toMatchObject([{ kind: 'damagedCache', recovery: { recovered: found.size } }]);
    expect(problems[0]!.recovery!.total).toBeLessThanOrEqual(1000);
    expect(readFileSync(fileOf(1)).equals(damaged)).toBe(true);

    // What was lost is put again, and then found by every later process, without a warning.
    await shard.putMany(all);
    await shard.close();
    const later = open();
    expect(await later.getMany(texts.map(textHashOf))).toEqual(all);
    expect(await later.count()).toBe(1000);
    expect(problems).toHaveLength(1);
    await later.close();
  });

  it('meets damage while it is open, and goes over to the next generation', async () => {
    const { open, problems, fileOf } = await filled();
    const shard = open();
    expect(await shard.count()).toBe(1000);
    // Both b-trees lose their inner pages: nothing is found from the roots any more.
    damage(fileOf(1), (bytes) => bytes.fill(0xff, 2 * 8192, 12 * 8192));
    const found = await shard.getMany(texts.map(textHashOf));
    await shard.putMany(all);
    expect(await shard.getMany(texts.map(textHashOf))).toEqual(all);
    expect(found.size).toBeGreaterThan(500);
    expect(problems.map(({ kind }) => kind)).toEqual(['damagedCache']);
    expect(existsSync(fileOf(2))).toBe(true);
    await shard.close();
  });

  it('follows another process into a new generation, and takes its late rows along', async () => {
    const { open, fileOf } = await filled();
    const [first, second] = [open(), open()];
    await first.count();
    await second.count();
    // As a process does that met damage in the first file.
    const next = await openShard(fileOf(2), space);
    await next.putMany(vectorsOf(['from another process']));
    await next.close();

    await first.putMany(vectorsOf(['late']));
    const asked = ['late', 'from another process', 'text 7'];
    expect(await second.getMany(asked.map(textHashOf))).toEqual(vectorsOf(asked));
    await first.close();
    await second.close();
  });

  it.each<[string, (file: string) => void]>([
    [
      'renamed',
      (file) => {
        renameSync(file, `${file}.aside`);
      },
    ],
    [
      'deleted',
      (file) => {
        rmSync(file);
      },
    ],
  ])('writes nothing that others cannot see when its file was %s', async (_, takeAway) => {
    const { open, fileOf } = await filled();
    const shard = open();
    await shard.count();
    takeAway(fileOf(1));
    await shard.putMany(vectorsOf(['afterwards']));
    await shard.close();

    const other = open();
    expect(await other.getMany([textHashOf('afterwards')])).toEqual(vectorsOf(['afterwards']));
    await other.close();
  });

  it('begins a generation beside another program’s database and another space’s', async () => {
    const { open, fileOf } = setUp();
    const foreign = new BetterSqlite3(fileOf(1));
    foreign.exec('CREATE TABLE notes (text); INSERT INTO notes VALUES (1)');
    foreign.close();
    const before = readFileSync(fileOf(1));
    const other = await openShard(fileOf(2), spaceNamed('another', 64));
    await other.putMany(vectorsOf(['one']));
    await other.close();

    const shard = open();
    expect(await shard.getMany([textHashOf('one')])).toEqual(new Map());
    await shard.putMany(vectorsOf(['two']));
    await shard.close();
    expect(readFileSync(fileOf(1)).equals(before)).toBe(true);
    const third = await openShard(fileOf(3), space);
    expect(await third.getMany([textHashOf('two')])).toEqual(vectorsOf(['two']));
    await third.close();
  });

  it('leaves a newer version’s file untouched and keeps what is new in memory', async () => {
    const { open, problems, fileOf } = await filled();
    const raw = new BetterSqlite3(fileOf(1));
    raw.pragma('user_version = 99');
    raw.close();
    const before = readFileSync(fileOf(1));

    const shard = open();
    await shard.putMany(vectorsOf(['new']));
    expect(await shard.getMany([textHashOf('new')])).toEqual(vectorsOf(['new']));
    expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['newerCache']));
    await shard.close();
    expect(readFileSync(fileOf(1)).equals(before)).toBe(true);
    expect(existsSync(fileOf(2))).toBe(false);
  });
});
