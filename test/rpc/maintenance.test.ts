import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { dayNumberOf } from '../../server/src/core/cache/last-use.ts';
import type { VerifyReport } from '../../server/src/core/cache/maintenance/verify.ts';
import type {
  BackupReport,
  ExportReport,
  GarbageReport,
  ImportReport,
} from '../../server/src/core/maintenance.ts';
import { flipBits, inFile } from '../support/damage.ts';
import { spaceNamed } from '../support/fake-provider.ts';
import { fillCache, numbered, shardFileIn, textsIn } from '../support/filled-cache.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { runCli, runJson, startCli, type CliOptions } from './cli-process.ts';

const space = spaceNamed('test-model', 4);
const today = dayNumberOf(Date.now());
let home = '';
let cache = '';

beforeEach(() => {
  home = tempDirectory();
  cache = path.join(home, 'cache');
});

function here(): CliOptions {
  return { cwd: home, env: { EMBEDDINGCACHE_DIR: cache } };
}

/** Texts with an odd number were last used long ago. */
async function halfOld(count: number): Promise<{ old: string[]; young: string[] }> {
  const texts = numbered(count);
  await fillCache(cache, space, texts);
  inFile(shardFileIn(cache, space), (raw) =>
    raw.prepare('UPDATE lastUse SET day = ? WHERE id % 2 = 0').run(today - 100),
  );
  return {
    old: texts.filter((_, i) => i % 2 === 1),
    young: texts.filter((_, i) => i % 2 === 0),
  };
}

/** Starts a command and kills it as soon as the number of embeddings is as told. */
async function killWhen(
  isTime: (embeddings: number) => boolean,
  args: readonly string[],
): Promise<void> {
  const { child, ended } = startCli(args, here());
  const raw = new BetterSqlite3(shardFileIn(cache, space), { readonly: true });
  const count = raw.prepare('SELECT count(*) FROM lastUse').pluck();
  while (!isTime(count.get() as number)) {
    expect(child.exitCode, 'it ended before it could be killed').toBe(null);
    await delay(1);
  }
  raw.close();
  child.kill('SIGKILL');
  await ended;
}

describe('gc by the command line', () => {
  it('asks first: where nobody can answer it removes nothing, and says what to add', async () => {
    const { old, young } = await halfOld(200);
    const run = await runCli(['gc', '--older-than', '90d'], here());
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('Remove 100 of 200 embeddings and 100 texts');
    expect(run.stderr).toContain('add --yes');
    expect((await textsIn(cache, space, [...old, ...young])).size).toBe(200);
  });

  it('says in a dry run what it then does', async () => {
    const { young } = await halfOld(200);
    const args = ['gc', '--older-than', '90d'];
    const preview = await runJson<GarbageReport>([...args, '--dry-run'], here());
    expect(preview).toMatchObject({ dryRun: true, embeddings: { total: 200, removed: 100 } });
    const report = await runJson<GarbageReport>([...args, '--yes'], here());
    expect(report.embeddings).toEqual(preview.embeddings);
    expect(report.texts).toEqual(preview.texts);
    expect(report.spaces).toEqual(preview.spaces);
    expect((await textsIn(cache, space, young)).size).toBe(100);
  });

  it('takes sizes, ages and spaces as people write them, and refuses the rest', async () => {
    await halfOld(20);
    for (const args of [
      ['--older-than', 'soon'],
      ['--max-bytes', 'much'],
      ['--space', 'nowhere'],
    ]) {
      const run = await runCli(['gc', ...args], here());
      expect(run.exitCode, args.join(' ')).toBe(2);
    }
    const report = await runJson<GarbageReport>(
      ['gc', '--space', 'test-model', '--older-than', '14w', '--dry-run'],
      here(),
    );
    expect(report.embeddings.removed).toBe(10);
  });

  it('loses nothing it was not asked to remove, killed at any moment', async () => {
    const { old, young } = await halfOld(5000);
    const args = ['gc', '--older-than', '90d', '--yes'];
    for (const left of [4999, 4300, 3500, 2700]) {
      await killWhen((count) => count <= left, args);
      expect((await textsIn(cache, space, young)).size).toBe(young.length);
      const { found } = await runJson<VerifyReport>(['verify'], here());
      expect(found).toEqual({ damagedRows: 0, damagedFiles: 0 });
    }
    expect((await runCli(args, here())).exitCode).toBe(0);
    expect((await textsIn(cache, space, young)).size).toBe(young.length);
    expect((await textsIn(cache, space, old)).size).toBe(0);
    const { checked, found } = await runJson<VerifyReport>(['verify'], here());
    expect(checked).toMatchObject({ embeddings: young.length, texts: young.length });
    expect(found).toEqual({ damagedRows: 0, damagedFiles: 0 });
  });
});

describe('verify by the command line', () => {
  it('fails while damage is there, and is done when it is removed', async () => {
    const texts = numbered(200);
    await fillCache(cache, space, texts);
    flipBits(shardFileIn(cache, space), [5, 6, 7]);
    const found = await runCli(['verify'], here());
    expect(found.exitCode).toBe(1);
    expect(found.stdout.toString()).toMatch(/3 of 200 rows damaged[\s\S]*add --repair/);
    const repaired = await runCli(['verify', '--repair', '--json'], here());
    expect(repaired.exitCode).toBe(0);
    expect((JSON.parse(repaired.stdout.toString()) as VerifyReport).repaired.removedRows).toBe(3);
    expect((await runCli(['verify'], here())).exitCode).toBe(0);
  });

  it('removes no good row, killed at any moment', async () => {
    const texts = numbered(5000);
    await fillCache(cache, space, texts);
    flipBits(
      shardFileIn(cache, space),
      texts.flatMap((_, i) => (i % 2 === 1 ? [i + 1] : [])),
    );
    const good = texts.filter((_, i) => i % 2 === 0);
    for (const left of [4999, 4000, 3000]) {
      await killWhen((count) => count <= left, ['verify', '--repair']);
      expect(await textsIn(cache, space, texts)).toEqual(new Set(good));
    }
    expect((await runCli(['verify', '--repair'], here())).exitCode).toBe(0);
    expect(await textsIn(cache, space, texts)).toEqual(new Set(good));
    expect((await runCli(['verify'], here())).exitCode).toBe(0);
  });
});

describe('packs by the command line', () => {
  it('an export and an import, killed at any moment, come to their end when run again', async () => {
    const texts = numbered(12_000);
    const there = texts.slice(0, 3000);
    const laptop = cache;
    cache = path.join(home, 'ci');
    await fillCache(cache, space, texts);
    const pack = path.join(home, 'a.pack');
    const { child, ended } = startCli(['export', pack], here());
    await delay(500);
    child.kill('SIGKILL');
    await ended;
    const report = await runJson<ExportReport>(['export', pack], here());
    expect(report.embeddings).toBe(texts.length);

    cache = laptop;
    await fillCache(cache, space, there);
    for (const more of [1, 2000, 6000]) {
      await killWhen((count) => count >= there.length + more, ['import', pack]);
      const found = await textsIn(cache, space, texts);
      expect(there.every((text) => found.has(text))).toBe(true);
    }
    const run = await runCli(['import', pack, '--json'], here());
    expect(run.exitCode).toBe(0);
    const { spaces } = JSON.parse(run.stdout.toString()) as ImportReport;
    expect(spaces[0]!.present).toBeGreaterThanOrEqual(there.length + 6000);
    expect(await textsIn(cache, space, texts)).toEqual(new Set(texts));
    expect((await runCli(['verify'], here())).exitCode).toBe(0);
  });

  it('says of anything else that it is no pack, and fails', async () => {
    await fillCache(cache, space, numbered(3));
    const stranger = path.join(home, 'stranger.txt');
    writeFileSync(stranger, 'hello');
    for (const [args, words] of [
      [['import', stranger], 'is not a pack'],
      [['import', path.join(home, 'nowhere')], 'cannot be read'],
      [['import', home], 'no directory of the Python package'],
      [['export', path.join(home, 'no/such/folder/a.pack')], 'cannot be written'],
    ] as const) {
      const run = await runCli(args, here());
      expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining(words)]);
    }
  });
});

describe('backup by the command line', () => {
  it('makes a cache that can be used in its place', async () => {
    const texts = numbered(100);
    await fillCache(cache, space, texts);
    const copy = path.join(home, 'copy');
    expect((await runJson<BackupReport>(['backup', copy], here())).damaged).toEqual([]);
    expect((await runCli(['verify', '--cache-dir', copy], here())).exitCode).toBe(0);
    expect((await textsIn(copy, space, texts)).size).toBe(100);
    expect((await runCli(['backup', copy], here())).exitCode).toBe(1);
  });
});
