import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { currentFile, generationsIn } from '../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../server/src/core/cache/shard-file.ts';
import { spaceNamed } from '../support/fake-provider.ts';
import { expectSound, storedTexts, textsFrom } from '../support/faults/cache-oracle.ts';
import { readDiskEvents, recorderOf, writeDiskAfterCut } from '../support/faults/power-cut.ts';
import { EmbeddingRun } from '../support/faults/run-embedding.ts';
import { FULL, named, whyNoStrace } from '../support/faults/tools.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const space = spaceNamed('faulty', 32);
const CUTS = FULL ? 120 : 12;
const TEXTS = textsFrom(0, 400);
const SEED = Number(process.env['SEED'] ?? 20_260_102);

describe.skipIf(whyNoStrace !== null)(named('A2: the power goes', whyNoStrace), () => {
  it(
    `${CUTS} times: no file is corrupt, and what is lost is embedded again`,
    { timeout: 900_000 },
    async () => {
      const world = tempDirectory();
      const [directory, log] = [path.join(world, 'cache'), path.join(world, 'log')];
      // A second run: a log that already holds something is brought into the file, and begun anew.
      for (const start of [0, 200]) {
        const run = new EmbeddingRun(
          { directory, start, count: 200 },
          { wrap: recorderOf(`${log}${start}`) },
        );
        await run.ended();
      }
      const events = [0, 200].flatMap((start) => readDiskEvents(`${log}${start}`, directory));
      expect(events.length).toBeGreaterThan(100);
      const random = seededRandom(SEED);
      let lost = 0;
      for (let i = 0; i < CUTS; i++) {
        const to = path.join(world, `disk${i}`, 'cache');
        writeDiskAfterCut(events, Math.floor(random() * events.length), {
          from: directory,
          to,
          random,
        });
        const stored = await storedTexts(to, space, TEXTS);
        expectSound(to, space);
        // Nothing had to be recovered into a next generation, and no row is damaged.
        const files = generationsIn(to).get(shardNameOf(space)) ?? [1];
        expect(files).toEqual([1]);
        expect(rowsOf(currentFile(to, shardNameOf(space)))).toBe(stored.size);
        if (stored.size < TEXTS.length) lost++;
        const { asked } = await new EmbeddingRun({ directory: to, count: TEXTS.length }).ended();
        expect(asked).toBe(TEXTS.length - stored.size);
        expect(await storedTexts(to, space, TEXTS)).toEqual(new Set(TEXTS));
      }
      expect(lost).toBeGreaterThan(0);
    },
  );

  it('is told by the same harness where files are written without a journal and a sync', async () => {
    const world = tempDirectory();
    const [directory, log] = [path.join(world, 'unsafe'), path.join(world, 'log')];
    mkdirSync(directory);
    const program = path.join(import.meta.dirname, '../support/faults/unsafe-writer.ts');
    const [strace, ...args] = [
      ...recorderOf(log),
      process.execPath,
      program,
      path.join(directory, 'a.db'),
    ];
    execFileSync(strace, args, { stdio: 'ignore' });
    const events = readDiskEvents(log, directory);
    const random = seededRandom(SEED);
    let corrupt = 0;
    for (let i = 0; i < CUTS; i++) {
      const to = path.join(world, `disk${i}`);
      const cut = Math.floor((0.3 + 0.7 * random()) * events.length);
      writeDiskAfterCut(events, cut, { from: directory, to, random });
      if (!isSound(path.join(to, 'a.db'))) corrupt++;
    }
    expect(corrupt).toBeGreaterThan(CUTS / 2);
  });
});

function rowsOf(file: string): unknown {
  const db = new BetterSqlite3(file, { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM embedding').pluck().get();
  } finally {
    db.close();
  }
}

function isSound(file: string): boolean {
  try {
    const db = new BetterSqlite3(file, { readonly: true });
    try {
      return db.pragma('integrity_check', { simple: true }) === 'ok';
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}
