import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { bytesOf } from '../../../../server/src/core/cache/maintenance/cache-files.ts';
import type { MaintenanceRun } from '../../../../server/src/core/cache/maintenance/progress.ts';
import { verifyCache } from '../../../../server/src/core/cache/maintenance/verify.ts';
import { toBlob } from '../../../../server/src/core/vectors/blob.ts';
import { flipBits, inFile } from '../../../support/damage.ts';
import { fakeVector, spaceNamed } from '../../../support/fake-provider.ts';
import { fillCache, numbered, shardFileIn, textsIn } from '../../../support/filled-cache.ts';
import { STRUCTURE_WORKER } from '../../../support/provider-deps.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const small = spaceNamed('small', 8);
const large = spaceNamed('large', 64);
const texts = numbered(500);
let directory: string;

beforeEach(async () => {
  directory = tempDirectory();
  await fillCache(directory, small, texts);
  await fillCache(directory, large, texts.slice(0, 100));
});

function verify(repair = false, { signal, onProgress }: Partial<MaintenanceRun> = {}) {
  return verifyCache({
    directory,
    repair,
    renewals: new Map(),
    signal: signal ?? new AbortController().signal,
    structureWorker: STRUCTURE_WORKER,
    ...(onProgress && { onProgress }),
  });
}

describe('verifying a cache', () => {
  it('finds a sound one sound', async () => {
    const { checked, found, repaired, files } = await verify(true);
    expect(checked).toMatchObject({ files: 3, embeddings: 600, texts: 500 });
    expect(found).toEqual({ damagedRows: 0, damagedFiles: 0 });
    expect(repaired).toEqual({ removedRows: 0, renewedFiles: 0 });
    expect(files.map(({ holds, rows }) => [holds, rows])).toEqual([
      ['texts', 500],
      ['embeddings', 100],
      ['embeddings', 500],
    ]);
  });

  it('finds a flipped bit, a wrong length, numbers that are none, and another text', async () => {
    flipBits(shardFileIn(directory, small), [1, 7]);
    inFile(shardFileIn(directory, large), (raw) => {
      raw.exec('UPDATE embedding SET vector = zeroblob(32) WHERE id = 3');
      raw.prepare('UPDATE embedding SET vector = ? WHERE id = 4').run(Buffer.alloc(256, 0xff));
    });
    inFile(path.join(directory, 'hashstring.db'), (raw) => {
      raw.exec("UPDATE hashstring SET text = 'another' WHERE id = 9");
    });
    const { found, repaired, files } = await verify();
    expect(found).toEqual({ damagedRows: 5, damagedFiles: 0 });
    expect(repaired.removedRows).toBe(0);
    expect(files.map(({ damagedRows }) => damagedRows)).toEqual([1, 2, 2]);
  });

  it('removes damaged rows when told to, and no other', async () => {
    flipBits(shardFileIn(directory, small), [1, 7]);
    expect((await verify(true)).repaired.removedRows).toBe(2);
    const kept = texts.filter((_, i) => i !== 0 && i !== 6);
    expect(await textsIn(directory, small, texts)).toEqual(new Set(kept));
    expect((await verify()).found.damagedRows).toBe(0);
  });

  it('leaves a row that another process mends before the repair gets its turn', async () => {
    const file = shardFileIn(directory, small);
    flipBits(file, [1]);
    const other = new BetterSqlite3(file);
    other.exec('BEGIN IMMEDIATE');
    // Its rows are the last bytes to be read.
    const read = Promise.withResolvers<undefined>();
    const before = bytesOf(file);
    const running = verify(true, {
      onProgress: ({ done, total }) => {
        if (done > total - before) read.resolve(undefined);
      },
    });
    await read.promise;
    const mended = toBlob(fakeVector(small, texts[0]!), 'float32');
    other.prepare('UPDATE embedding SET vector = ? WHERE id = 1').run(mended);
    other.exec('COMMIT');
    other.close();
    const { found, repaired } = await running;
    expect(found.damagedRows).toBe(1);
    expect(repaired.removedRows).toBe(0);
    expect((await textsIn(directory, small, texts)).size).toBe(500);
  });

  it('finds a damaged page, an identity of another space, and what is no database', async () => {
    inFile(shardFileIn(directory, large), (raw) => {
      raw.exec(`UPDATE space SET model = 'huge'`);
    });
    const file = shardFileIn(directory, small);
    inFile(file, (raw) => raw.pragma('wal_checkpoint(TRUNCATE)'));
    const bytes = readFileSync(file);
    bytes.fill(0x5a, bytes.length - 8192);
    writeFileSync(file, bytes);
    writeFileSync(path.join(directory, 'usage.db'), 'this is no database'.repeat(300));
    const { found, files, repaired } = await verify(true);
    expect(found.damagedFiles).toBe(3);
    expect(files.map(({ faults }) => faults.length > 0)).toEqual([false, true, true, true]);
    // Nothing here says what brings counters into a new file; the damaged one stays.
    expect(repaired.renewedFiles).toBe(1);
    const { recovery } = files.find((one) => one.file === path.basename(file))!;
    expect(recovery!.recovered).toBeGreaterThan(400);
    expect(recovery!.total).toBe(500);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect((await textsIn(directory, small, texts)).size).toBe(recovery!.recovered);
    expect((await verify()).found.damagedFiles).toBe(2);
    expect(files.find(({ file }) => file === 'usage.db')?.faults).toEqual(['SQLITE_NOTADB']);
  });

  it('goes on after a shard that cannot even be opened', async () => {
    const file = shardFileIn(directory, small);
    inFile(file, (raw) => raw.pragma('wal_checkpoint(TRUNCATE)'));
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 0, 100);
    writeFileSync(file, bytes);
    const { found, checked } = await verify(true);
    expect(found).toEqual({ damagedRows: 0, damagedFiles: 1 });
    expect(checked).toMatchObject({ embeddings: 100, texts: 500 });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const running = verify(false, { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toThrow(/abort/i);
  });
});
