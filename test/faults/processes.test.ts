import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, withConnection } from '../../server/src/core/cache/database.ts';
import { generationFile } from '../../server/src/core/cache/generations.ts';
import { migrate } from '../../server/src/core/cache/migrations/migrate.ts';
import { shardMigrations } from '../../server/src/core/cache/migrations/shard-migrations.ts';
import { oncePerCause } from '../../server/src/core/cache/once-per-cause.ts';
import { SteadyShard } from '../../server/src/core/cache/steady-shard.ts';
import { shardNameOf } from '../../server/src/core/cache/shard-file.ts';
import { canonicalSpace } from '../../server/src/core/keys/space.ts';
import { hashToBytes, textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { toBlob } from '../../server/src/core/vectors/blob.ts';
import { checksumOf } from '../../server/src/core/cache/checksum.ts';
import { spaceRowOf } from '../../server/src/core/cache/models/space-row.ts';
import { spaceNamed } from '../support/fake-provider.ts';
import {
  expectSound,
  rightVectors,
  storedTexts,
  textsFrom,
} from '../support/faults/cache-oracle.ts';
import { holdLock } from '../support/faults/hold-lock.ts';
import { EmbeddingRun } from '../support/faults/run-embedding.ts';
import {
  FAKETIME,
  FULL,
  named,
  straceOf,
  whyNoFaketime,
  whyNoStrace,
} from '../support/faults/tools.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const space = spaceNamed('faulty', 32);
const TEXTS = textsFrom(0, 100);

function world() {
  const directory = path.join(tempDirectory(), 'cache');
  return { directory, file: path.join(directory, generationFile(shardNameOf(space), 1)) };
}

describe('A14: many windows', () => {
  const [WINDOWS, TRANSACTIONS] = FULL ? [10, 100] : [6, 25];

  it(
    `${WINDOWS} processes of ${TRANSACTIONS} transactions lose nothing`,
    { timeout: 600_000 },
    async () => {
      const { directory } = world();
      const count = TRANSACTIONS * 20;
      const runs = Array.from(
        { length: WINDOWS },
        (_, i) => new EmbeddingRun({ directory, start: i * count, count }),
      );
      for (const run of runs) {
        expect(await run.ended()).toMatchObject({ problems: [] });
      }
      const all = textsFrom(0, WINDOWS * count);
      expect((await storedTexts(directory, space, all)).size).toBe(all.length);
      expectSound(directory, space);
    },
  );
});

describe('A15: another process holds the lock', () => {
  it(
    'for long: the event loop stays free, vectors are given, and stored afterwards',
    { timeout: 200_000 },
    async () => {
      const { directory, file } = world();
      await new EmbeddingRun({ directory }).ended();
      const letGo = await holdLock(file, 'exclusive');
      const run = new EmbeddingRun({ directory, start: 100, untilStopped: true, pauseMs: 20 });
      // Longer than a write waits: from then on vectors are kept in memory.
      await run.answered(3);
      await new Promise((resolve) => setTimeout(resolve, FULL ? 30_000 : 1000));
      await letGo();
      await run.answered(run.acks.length + 10);
      const report = await run.stop();
      expect(report.problems).toEqual(['cacheBusy']);
      const all = run.acks.flatMap((ack) => textsFrom(ack, 20));
      expect((await storedTexts(directory, space, all)).size).toBe(all.length);
      expectSound(directory, space);
    },
  );
});

describe('A16: a reader that does not end', () => {
  const MB = 2 ** 20;
  const BATCHES = FULL ? 50 : 18;

  it('lets the log grow, which is told once; when it ends the log is small again', async () => {
    const directory = tempDirectory();
    const large = spaceNamed('large', 4096);
    const problems: string[] = [];
    const shard = new SteadyShard({
      directory,
      space: large,
      onProblem: oncePerCause(({ kind }) => problems.push(kind)),
    });
    const putBatch = (batch: number) =>
      shard.putMany(
        new Map(
          textsFrom(batch * 1000, 1000).map((text, i) => [
            textHashOf(text),
            new Float32Array(4096).fill(batch * 1000 + i + 1),
          ]),
        ),
      );
    await putBatch(0);
    const file = path.join(directory, generationFile(shardNameOf(large), 1));
    const letGo = await holdLock(file, 'reader');
    for (let batch = 1; batch <= BATCHES; batch++) await putBatch(batch);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(256 * MB);
    expect(problems).toEqual(['logGrows']);
    await letGo();
    for (let batch = 0; batch < 3; batch++) await putBatch(BATCHES + 1 + batch);
    expect(statSync(`${file}-wal`).size).toBeLessThan(256 * MB);
    expect(await shard.count()).toBe((BATCHES + 4) * 1000);
    // What was written into the long log is read back, each text's own.
    for (const batch of [0, 1, BATCHES, BATCHES + 3]) {
      const [text] = textsFrom(batch * 1000 + 7, 1);
      const vector = (await shard.getMany([textHashOf(text!)])).get(textHashOf(text!));
      expect(vector?.[0]).toBe(batch * 1000 + 8);
    }
    await shard.close();
    expectSound(directory, large);
  });
});

describe('A18: a migration that is killed', () => {
  /** A file as the first version wrote it. */
  async function oldFile() {
    const { directory, file } = world();
    mkdirSync(directory, { mode: 0o700 });
    const db = await openDatabase(file, { pageSize: 8192 });
    await migrate(db, shardMigrations.slice(0, 1));
    await withConnection(db, (connection) => {
      const row = spaceRowOf(space) as Record<string, unknown>;
      const names = Object.keys(row);
      connection
        .prepare(`INSERT INTO space (${names.join()}) VALUES (${names.map(() => '?').join()})`)
        .run(Object.values(row));
      const insert = connection.prepare(
        'INSERT INTO embedding (hash, vector, checksum) VALUES (?, ?, ?)',
      );
      for (const [hash, vector] of rightVectors(space, TEXTS)) {
        const blob = toBlob(vector, 'float32');
        insert.run(hashToBytes(hash), blob, checksumOf(hashToBytes(hash), blob));
      }
    });
    await db.destroy();
    return { directory, file };
  }

  const kills = FULL ? Array.from({ length: 50 }, (_, i) => i + 1) : [2, 9, 12];

  it.skipIf(whyNoStrace !== null).each(kills)(
    named('at write %i: the old schema or the new, and every row', whyNoStrace),
    async (n) => {
      const { directory, file } = await oldFile();
      // From this write on nothing reaches the disk: so a kill at that moment leaves the file.
      const files = [file, `${file}-wal`];
      const fault = [
        { calls: 'pwrite64', fault: `error=EIO:when=${n}+`, files },
        { calls: 'ftruncate,unlink', fault: 'error=EIO', files },
      ];
      const run = new EmbeddingRun({ directory }, { wrap: straceOf(...fault) });
      await run.ended().catch(() => null);
      const raw = new BetterSqlite3(file);
      expect([1, shardMigrations.length]).toContain(raw.pragma('user_version', { simple: true }));
      expect(raw.prepare('SELECT identity FROM space').pluck().get()).toBe(canonicalSpace(space));
      raw.close();
      expect(await storedTexts(directory, space, TEXTS)).toEqual(new Set(TEXTS));
      const report = await new EmbeddingRun({ directory }).ended();
      expect(report).toMatchObject({ asked: 0, problems: [] });
      expectSound(directory, space);
    },
  );

  it('by two processes at once, several times', async () => {
    for (let round = 0; round < (FULL ? 20 : 2); round++) {
      const { directory } = await oldFile();
      const runs = [0, 1, 2].map(() => new EmbeddingRun({ directory }));
      for (const run of runs) {
        expect(await run.ended()).toMatchObject({ asked: 0, problems: [] });
      }
      expectSound(directory, space);
    }
  });
});

describe.skipIf(whyNoFaketime !== null)(named('A20: the clock', whyNoFaketime), () => {
  function runWithClock(directory: string) {
    const clock = path.join(tempDirectory(), 'clock');
    const set = (time: string): void => {
      // In one step: the process reads it all the time.
      writeFileSync(`${clock}.next`, `${time}\n`);
      renameSync(`${clock}.next`, clock);
    };
    set('+0');
    const run = new EmbeddingRun(
      { directory, untilStopped: true, pauseMs: 10 },
      {
        env: {
          LD_PRELOAD: FAKETIME,
          FAKETIME_TIMESTAMP_FILE: clock,
          FAKETIME_NO_CACHE: '1',
          // As in a real machine whose clock is set: the steady clock goes on.
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      },
    );
    return { run, set };
  }

  it('jumps by days, to 1970 and to 2038, and nothing waits for it', async () => {
    const { directory } = world();
    const { run, set } = runWithClock(directory);
    await run.answered(2);
    for (const time of ['+2d', '-2d', '@1970-01-01 00:00:10', '@2038-01-19 03:14:06']) {
      set(time);
      await run.answered(run.acks.length + 5);
    }
    const report = await run.stop();
    expect(report).toMatchObject({ problems: [] });
    const all = run.acks.flatMap((ack) => textsFrom(ack, 20));
    expect((await storedTexts(directory, space, all)).size).toBe(all.length);
    expectSound(directory, space);
  });

  it('is set back by years while a lock is waited for: the wait ends all the same', async () => {
    const { directory, file } = world();
    const { run, set } = runWithClock(directory);
    await run.answered(2);
    const letGo = await holdLock(file, 'exclusive');
    const before = run.acks.length;
    let year = 2020;
    // Again and again: some time after the wait has begun.
    const setBack = setInterval(() => {
      set(`@${year--}-01-01 00:00:10`);
    }, 300);
    onTestFinished(() => {
      clearInterval(setBack);
    });
    // One may have been stored before the lock was held; the next must go on without the file.
    await run.answered(before + 2);
    await letGo();
    const report = await run.stop();
    expect(report).toMatchObject({ problems: ['cacheBusy'] });
    const all = run.acks.flatMap((ack) => textsFrom(ack, 20));
    expect((await storedTexts(directory, space, all)).size).toBe(all.length);
    expectSound(directory, space);
  });
});

describe('two processes that want the same texts at once', () => {
  it('pay for each text once', async () => {
    const { directory } = world();
    // A request takes as long as a real one, so that the two do meet.
    const runs = [0, 1, 2].map(() => new EmbeddingRun({ directory, count: 400, answerMs: 30 }));
    const reports = await Promise.all(runs.map((run) => run.ended()));
    for (const report of reports) expect(report).toMatchObject({ problems: [] });
    expect(reports.reduce((sum, { asked }) => sum + asked, 0)).toBe(400);
  });
});
