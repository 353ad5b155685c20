import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { checksumOf } from '../../server/src/core/cache/checksum.ts';
import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { generationFile } from '../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../server/src/core/cache/shard-file.ts';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { openLedger } from '../../server/src/core/usage/ledger.ts';
import { fakeVector, spaceNamed } from '../support/fake-provider.ts';
import {
  expectSound,
  rightVectors,
  storedTexts,
  textsFrom,
} from '../support/faults/cache-oracle.ts';
import { EmbeddingRun } from '../support/faults/run-embedding.ts';
import { FULL, named, straceOf, whyNoStrace, type Injection } from '../support/faults/tools.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const space = spaceNamed('faulty', 96);
const sibling = spaceNamed('sibling', 8);
const TEXTS = textsFrom(0, 300);
const PAGE = 8192;

let directory: string;
let file: string;
beforeEach(async () => {
  directory = path.join(tempDirectory(), 'cache');
  await put(directory, space, TEXTS);
  await put(directory, sibling, TEXTS);
  file = path.join(directory, generationFile(shardNameOf(space), 1));
});

/** As a process that ends well. */
async function put(to: string, into: EmbeddingSpace, texts: readonly string[]): Promise<void> {
  const cache = await openCache({ directory: to, storeText: true });
  const shard = await cache.shard(into);
  await shard.putMany(rightVectors(into, texts));
  await cache.texts.putMany(new Map(texts.map((text) => [textHashOf(text), text])));
  await cache.close();
}

/** As a process that is killed, after a commit for each batch: the log is not brought into the file. */
async function putAndDie(batches: readonly (readonly string[])[]): Promise<void> {
  const cache = await openCache({ directory, storeText: true });
  const shard = await cache.shard(space);
  for (const batch of batches) await shard.putMany(rightVectors(space, batch));
  for (const end of ['', '-wal']) copyFileSync(file + end, `${file}${end}.kept`);
  await cache.close();
  for (const end of ['', '-wal']) renameSync(`${file}${end}.kept`, file + end);
}

function change(name: string, edit: (bytes: Buffer) => Buffer): Buffer {
  const bytes = edit(readFileSync(name));
  writeFileSync(name, bytes);
  return bytes;
}

/** A later process embeds everything: whatever was damaged, all vectors are right in the end. */
async function expectHealed(): Promise<number> {
  const run = new EmbeddingRun({ directory, dimensions: 96, count: TEXTS.length });
  const report = await run.ended();
  expect(await storedTexts(directory, space, TEXTS)).toEqual(new Set(TEXTS));
  expectSound(directory, space);
  expect(await storedTexts(directory, sibling, TEXTS)).toEqual(new Set(TEXTS));
  expect(existsSync(path.join(directory, generationFile(shardNameOf(sibling), 2)))).toBe(false);
  return report.asked;
}

describe('A9: damaged bytes', () => {
  it.each<[string, most: number, edit: (bytes: Buffer) => Buffer]>([
    ['the header', 0, (bytes) => bytes.fill('x', 0, 100)],
    ['the page of the schema', 0, (bytes) => bytes.fill(0, 100, PAGE)],
    ['the list of tables, emptied', 0, emptyFirstPage],
    ['the roots', 160, (bytes) => bytes.fill(0x5a, PAGE, 6 * PAGE)],
    ['the end, cut off', 300, (bytes) => bytes.subarray(0, bytes.length - 20 * PAGE - 100)],
    ['everything', 300, (bytes) => bytes.fill(0x0d)],
    ['the file, emptied', 300, (bytes) => bytes.subarray(0, 0)],
  ])('in %s: at most %i texts are embedded again', async (_, most, edit) => {
    const damaged = change(file, edit);
    const asked = await expectHealed();
    expect(asked).toBeLessThanOrEqual(most);
    if (damaged.length > 0) expect(readFileSync(file).equals(damaged)).toBe(true);
  });

  it('anywhere: many places at random', { timeout: 600_000 }, async () => {
    const whole = readFileSync(file);
    const random = seededRandom(7);
    for (let round = 0; round < (FULL ? 60 : 4); round++) {
      const world = path.join(tempDirectory(), 'cache');
      await put(world, sibling, ['one']);
      const copy = Buffer.from(whole);
      for (let spot = 0; spot < 1 + (round % 8); spot++) {
        const at = Math.floor(random() * copy.length);
        copy.fill(Math.floor(random() * 256), at, at + Math.floor(random() * 3000));
      }
      writeFileSync(path.join(world, path.basename(file)), copy);
      await storedTexts(world, space, TEXTS);
      await put(world, space, TEXTS);
      expect((await storedTexts(world, space, TEXTS)).size).toBe(TEXTS.length);
      expectSound(world, space);
    }
  });
});

describe('A9, A21: the files of texts and of counters', () => {
  const hits = async (): Promise<number> => {
    const ledger = await openLedger(path.join(directory, 'usage.db'), {
      now: () => new Date(),
      onWriteFailed: () => undefined,
    });
    const usage = await ledger.since('');
    await ledger.close();
    return usage.hits;
  };
  const run = (injection?: Injection) =>
    new EmbeddingRun(
      { directory, dimensions: 96, count: TEXTS.length },
      injection ? { wrap: straceOf(injection) } : {},
    ).ended();
  const expectTexts = async (): Promise<void> => {
    const cache = await openCache({ directory, storeText: true });
    const texts = new Map(TEXTS.map((text) => [textHashOf(text), text]));
    expect((await cache.texts.missingOf(texts)).size).toBe(0);
    await cache.close();
  };

  it.each(['hashstring', 'usage'])('%s.db is recovered, told once, and kept', async (name) => {
    expect((await run()).problems).toEqual([]);
    const damaged = change(path.join(directory, `${name}.db`), (bytes) => bytes.fill('x', 0, 100));
    expect(await run()).toMatchObject({ asked: 0, problems: ['damagedCache'] });
    expect(await run()).toMatchObject({ asked: 0, problems: [] });
    expect(await hits()).toBe(3 * TEXTS.length);
    await expectTexts();
    expect(readFileSync(path.join(directory, `${name}.db`)).equals(damaged)).toBe(true);
  });

  const cuts = FULL ? Array.from({ length: 30 }, (_, i) => i + 1) : [1, 14];

  it.skipIf(whyNoStrace !== null).each(cuts)(
    named('a recovery that ends at write %i is done again by the next process', whyNoStrace),
    async (n) => {
      await run();
      for (const name of ['hashstring', 'usage']) {
        change(path.join(directory, `${name}.db`), (bytes) => bytes.fill('x', 0, 100));
      }
      const files = ['hashstring', 'usage'].flatMap((name) =>
        ['', '-wal'].map((end) => path.join(directory, `${name}.g2.db${end}`)),
      );
      const fault = `error=EIO:when=${n}+`;
      expect((await run({ calls: 'pwrite64', fault, files })).asked).toBe(0);
      expect((await run()).asked).toBe(0);
      // What the disturbed process counted may be lost with it, nothing from before, and none twice.
      expect([2, 3]).toContain((await hits()) / TEXTS.length);
      await expectTexts();
    },
  );
});

describe('A10, A12: damaged rows', () => {
  it.each<[string, (blob: Buffer) => Buffer, resigned: boolean]>([
    ['a flipped bit', (blob) => flipped(blob, 100), false],
    ['a shorter vector', (blob) => blob.subarray(4), true],
    ['NaN', (blob) => withNumber(blob, NaN), true],
    ['an infinity', (blob) => withNumber(blob, Infinity), true],
    ['zeros', (blob) => Buffer.alloc(blob.length), true],
  ])('%s is a miss, and embedded again', async (_, edit, resigned) => {
    const db = new BetterSqlite3(file);
    const row = db.prepare('SELECT id, hash, vector FROM embedding WHERE id = 7').get() as {
      id: number;
      hash: Buffer;
      vector: Buffer;
    };
    const vector = edit(Buffer.from(row.vector));
    db.prepare('UPDATE embedding SET vector = ? WHERE id = ?').run(vector, row.id);
    if (resigned) {
      const checksum = checksumOf(row.hash, vector);
      db.prepare('UPDATE embedding SET checksum = ? WHERE id = ?').run(checksum, row.id);
    }
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    expect(await expectHealed()).toBe(1);
  });
});

describe('A11: a damaged log', () => {
  const LATE = Array.from({ length: 8 }, (_, i) => textsFrom(1000 + 10 * i, 10));

  it.each<[string, least: number, (log: Buffer) => Buffer]>([
    ['cut to nothing', 0, (log) => log.subarray(0, 0)],
    ['cut within its header', 0, (log) => log.subarray(0, 31)],
    ['cut to 31,500 bytes', 0, (log) => log.subarray(0, 31_500)],
    ['cut in the middle', 2, (log) => log.subarray(0, log.length / 2)],
    ['flipped in its header', 0, (log) => flipped(log, 20)],
    ['flipped in the middle', 2, (log) => flipped(log, log.length / 2)],
  ])('%s: what was committed before survives', async (_, least, edit) => {
    await putAndDie(LATE);
    change(`${file}-wal`, edit);
    const stored = await storedTexts(directory, space, [...TEXTS, ...LATE.flat()]);
    for (const text of TEXTS) expect(stored.has(text)).toBe(true);
    // Of the log, whole commits up to the damage.
    const commits = LATE.findIndex((batch) => !batch.every((text) => stored.has(text)));
    expect(stored).toEqual(new Set([...TEXTS, ...LATE.slice(0, commits).flat()]));
    expect(commits).toBeGreaterThanOrEqual(least);
    expect(await expectHealed()).toBe(0);
  });

  it('with a log that is the first there ever was, the tables are made anew', async () => {
    const fresh = spaceNamed('fresh', 16);
    const cache = await openCache({ directory, storeText: true });
    await (await cache.shard(fresh)).putMany(new Map([[textHashOf('a'), fakeVector(fresh, 'a')]]));
    const freshFile = path.join(directory, generationFile(shardNameOf(fresh), 1));
    copyFileSync(freshFile, `${freshFile}.kept`);
    await cache.close();
    renameSync(`${freshFile}.kept`, freshFile);
    await put(directory, fresh, ['a']);
    expect(await storedTexts(directory, fresh, ['a'])).toEqual(new Set(['a']));
    expectSound(directory, fresh);
    expect(await expectHealed()).toBe(0);
  });

  it('with a scribbled index of the log', async () => {
    await putAndDie(LATE);
    writeFileSync(`${file}-shm`, Buffer.alloc(32_768, 0x5a));
    const all = [...TEXTS, ...LATE.flat()];
    expect(await storedTexts(directory, space, all)).toEqual(new Set(all));
    expect(await expectHealed()).toBe(0);
  });
});

describe('A13, A22: spaces that are easily confused', () => {
  it('another number of dimensions, and other spellings of a model, are other files', async () => {
    const models = ['a/b', 'a_b', 'A/b', 'x'.repeat(300), '../x', '..', 'faulty'];
    const spaces = models.map((model) => spaceNamed(model, model === 'faulty' ? 128 : 96));
    for (const each of spaces) await put(directory, each, ['one', 'two']);
    const files = spaces.map((each) => generationFile(shardNameOf(each), 1));
    expect(new Set([...files, path.basename(file)]).size).toBe(models.length + 1);
    for (const [i, each] of spaces.entries()) {
      expect(statSync(path.join(directory, files[i]!)).isFile()).toBe(true);
      expect(await storedTexts(directory, each, ['one', 'two'])).toEqual(new Set(['one', 'two']));
    }
    // A file under another's name: its row of identity betrays it.
    copyFileSync(file, path.join(directory, files[0]!));
    expect(await storedTexts(directory, spaces[0]!, TEXTS)).toEqual(new Set());
    expect(await expectHealed()).toBe(0);
  });
});

describe('A17: a file that is renamed while it is open', () => {
  it('is left: what is written afterwards is where the next process looks', async () => {
    const run = new EmbeddingRun({
      directory,
      dimensions: 96,
      start: 5000,
      untilStopped: true,
      pauseMs: 10,
    });
    await run.answered(3);
    renameSync(file, `${file}.aside`);
    const before = run.acks.length;
    await run.answered(before + 10);
    await run.stop();
    const later = run.acks.slice(before + 1).flatMap((ack) => textsFrom(ack, 20));
    expect(await storedTexts(directory, space, later)).toEqual(new Set(later));
    expectSound(directory, space);
    renameSync(`${file}.aside`, path.join(directory, 'aside.sqlite'));
  });
});

describe('A19: a newer version’s files', () => {
  it('stay as they are; the product answers, and says so once', async () => {
    for (const name of [
      file,
      path.join(directory, 'hashstring.db'),
      path.join(directory, 'usage.db'),
    ]) {
      const db = new BetterSqlite3(name);
      db.pragma('journal_mode = DELETE');
      db.pragma('user_version = 99');
      db.close();
    }
    const before = readFileSync(file);
    const report = await new EmbeddingRun({ directory, dimensions: 96 }).ended();
    expect(report.problems).toEqual(['newerCache']);
    expect(report.asked).toBe(100);
    expect(readFileSync(file).equals(before)).toBe(true);
    expectSound(directory, space);
    expect(existsSync(path.join(directory, generationFile(shardNameOf(space), 2)))).toBe(false);
  });
});

describe.skipIf(whyNoStrace !== null)(named('A21: a fault during recovery', whyNoStrace), () => {
  const points = FULL ? Array.from({ length: 110 }, (_, i) => i + 1) : [1, 56];

  const faults = ['error=EIO:when=#+', 'error=ENOSPC:when=#+'];

  it.each(points.flatMap((n) => faults.map((fault) => fault.replace('#', String(n)))))(
    'of the writes into the new generation (%s): nothing is paid for again later',
    async (fault) => {
      change(file, (bytes) => bytes.fill('x', 0, 100));
      const next = path.join(directory, generationFile(shardNameOf(space), 2));
      const files = ['', '-wal', '-shm'].map((end) => next + end);
      // It opens the cache, which recovers, and embeds one text that was never there.
      const run = new EmbeddingRun(
        { directory, dimensions: 96, start: 9000, count: 20 },
        { wrap: straceOf({ calls: 'pwrite64', fault, files }) },
      );
      await run.ended();
      expect(await expectHealed()).toBe(0);
    },
  );
});

/** A page of SQLite without a row: the file is sound, and has no table. */
function emptyFirstPage(bytes: Buffer): Buffer {
  bytes.fill(0, 100, PAGE);
  bytes[100] = 0x0d;
  return bytes;
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[Math.floor(at)]! ^= 0x10;
  return bytes;
}

function withNumber(blob: Buffer, number: number): Buffer {
  blob.writeFloatLE(number, 8);
  return blob;
}
