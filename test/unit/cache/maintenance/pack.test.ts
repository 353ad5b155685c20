import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../../../server/src/core/cache/embedding-cache.ts';
import { exportPack } from '../../../../server/src/core/cache/maintenance/pack/export-pack.ts';
import { importPack } from '../../../../server/src/core/cache/maintenance/pack/import-pack.ts';
import type { OnProblem } from '../../../../server/src/core/cache/steady-database.ts';
import type { Failure } from '../../../../server/src/core/errors.ts';
import {
  encodeBlock,
  encodeVectors,
  jsonBlock,
  MAGIC,
} from '../../../../server/src/core/cache/maintenance/pack/pack-format.ts';
import { spaceIdOf } from '../../../../server/src/core/keys/space.ts';
import { hashToBytes, textHashOf } from '../../../../server/src/core/keys/text-hash.ts';
import { toBlob } from '../../../../server/src/core/vectors/blob.ts';
import { flipBits, inFile } from '../../../support/damage.ts';
import { fakeVector, spaceNamed } from '../../../support/fake-provider.ts';
import { fillCache, numbered, shardFileIn, textsIn } from '../../../support/filled-cache.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const { signal } = new AbortController();
const small = spaceNamed('small', 8);
const large = { ...spaceNamed('large', 24), element: 'float64' as const };
const texts = [...numbered(3000), '', 'ünïcödé \u0000 text'];
let from: string;
let to: string;
let file: string;

beforeEach(async () => {
  const directory = tempDirectory();
  [from, to] = [path.join(directory, 'from'), path.join(directory, 'to')];
  file = path.join(directory, 'a.pack');
  await fillCache(from, small, texts);
  await fillCache(from, large, texts.slice(0, 200));
});

function exportAll(changes: Partial<Parameters<typeof exportPack>[0]> = {}) {
  return exportPack({ directory: from, file, spaceIds: null, withText: false, signal, ...changes });
}

async function importAll(
  changes: {
    storeText?: boolean;
    signal?: AbortSignal;
    onProgress?: () => void;
    onProblem?: OnProblem;
  } = {},
) {
  const { storeText = true, onProblem, ...run } = changes;
  const cache = await openCache({
    directory: to,
    storeText,
    ...(onProblem === undefined ? {} : { onProblem }),
  });
  const { texts: store } = cache;
  try {
    return await importPack({
      ...{ directory: to, texts: store, onProblem: cache.onProblem },
      ...{ file, signal, ...run },
    });
  } finally {
    await cache.close();
  }
}

async function textsStoredIn(directory: string): Promise<number> {
  const cache = await openCache({ directory, storeText: true });
  const stored = await Promise.all(texts.map((text) => cache.texts.get(textHashOf(text))));
  await cache.close();
  return stored.filter((text, i) => text === texts[i]).length;
}

describe('a pack', () => {
  it('tells once that what was there already is damaged, and what was recovered', async () => {
    await exportAll();
    await importAll();
    const damaged = shardFileIn(to, small);
    writeFileSync(damaged, readFileSync(damaged).fill('x', 0, 100));
    const problems: Failure[] = [];
    const { spaces } = await importAll({ onProblem: (problem) => problems.push(problem) });
    const [problem] = problems;
    expect(problem).toMatchObject({ kind: 'damagedCache', recovery: { total: texts.length } });
    expect(problem!.message).toContain(damaged);
    expect(problems).toHaveLength(1);
    const { added, present } = spaces.find(({ space }) => space.model === small.model)!;
    expect(present).toBe(problem!.recovery!.recovered);
    expect(added + present).toBe(texts.length);
  });

  it('carries every vector of every space, and no text', async () => {
    const report = await exportAll();
    expect(report).toMatchObject({ spaces: 2, embeddings: texts.length + 200, texts: 0 });
    expect(readFileSync(file).includes('text number')).toBe(false);
    const { spaces, complete } = await importAll();
    expect(complete).toBe(true);
    expect(spaces.map(({ added, present, refused }) => [added, present, refused])).toEqual(
      expect.arrayContaining([
        [texts.length, 0, 0],
        [200, 0, 0],
      ]),
    );
    expect((await textsIn(to, small, texts)).size).toBe(texts.length);
    expect(shardFileIn(to, large)).toContain(spaceIdOf(large));
    expect(await textsStoredIn(to)).toBe(0);
  });

  it('carries texts when asked, which are kept where texts are kept', async () => {
    expect((await exportAll({ withText: true })).texts).toBe(texts.length + 200);
    await importAll({ storeText: false });
    expect(await textsStoredIn(to)).toBe(0);
    await importAll();
    expect(await textsStoredIn(to)).toBe(texts.length);
  });

  it('carries one space alone when that is asked for', async () => {
    const report = await exportAll({ spaceIds: [spaceIdOf(large)] });
    expect(report).toMatchObject({ spaces: 1, embeddings: 200 });
  });

  it('is the same file for the same embeddings, in whatever order they were put', async () => {
    await exportAll({ withText: true });
    const first = readFileSync(file);
    const other = path.join(path.dirname(file), 'other');
    await fillCache(other, large, texts.slice(0, 200));
    await fillCache(other, small, [...texts].reverse());
    await exportAll({ directory: other, withText: true });
    expect(readFileSync(file).equals(first)).toBe(true);
  });

  it('appears when it is complete, and an interrupted export goes on where it was', async () => {
    await exportAll({ withText: true });
    const whole = readFileSync(file);
    for (const share of [0.2, 0.5, 0.97]) {
      // As a kill leaves it: some blocks, and a part of one.
      writeFileSync(`${file}.partial`, whole.subarray(0, whole.length * share));
      const report = await exportAll({ withText: true });
      if (share > 0.3) expect(report.resumed).toBeGreaterThan(0);
      expect(report.embeddings).toBe(texts.length + 200);
      expect(readFileSync(file).equals(whole)).toBe(true);
      expect(existsSync(`${file}.partial`)).toBe(false);
    }
    writeFileSync(`${file}.partial`, whole.subarray(0, whole.length / 2));
    expect((await exportAll({ withText: false })).resumed).toBe(0);
  });

  it('leaves no file under its name when it is cancelled', async () => {
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort();
    };
    await expect(exportAll({ signal: abort.signal, onProgress })).rejects.toThrow(/abort/i);
    expect(existsSync(file)).toBe(false);
    await exportAll();
    expect(existsSync(file)).toBe(true);
  });

  it('holds no damaged row', async () => {
    flipBits(shardFileIn(from, small), [3, 4]);
    const report = await exportAll();
    expect(report).toMatchObject({ embeddings: texts.length + 198, damaged: 2 });
    expect((await importAll()).spaces.map(({ refused }) => refused)).toEqual([0, 0]);
  });

  it.runIf(process.platform !== 'win32')('is readable by its owner alone', async () => {
    await exportAll();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('importing a pack', () => {
  it('leaves good rows as they are, and mends damaged ones', async () => {
    await exportAll();
    await fillCache(to, small, texts.slice(0, 100));
    const shard = shardFileIn(to, small);
    flipBits(shard, [1, 2]);
    const days = () =>
      inFile(shard, (raw) => {
        raw.exec('UPDATE lastUse SET day = 20000');
        return raw.prepare('SELECT count(*) FROM lastUse WHERE day = 20000').pluck().get();
      });
    expect(days()).toBe(100);
    const { spaces } = await importAll();
    const counts = spaces.find(({ space }) => space.model === 'small');
    expect(counts).toMatchObject({ added: texts.length - 98, present: 98, refused: 0 });
    // Written rows are as of today; those left alone are as they were.
    const sql = 'SELECT count(*) FROM lastUse WHERE day = 20000';
    expect(inFile(shard, (raw) => raw.prepare(sql).pluck().get())).toBe(98);
    expect((await textsIn(to, small, texts)).size).toBe(texts.length);
  });

  it('can be cancelled, and run again', async () => {
    await exportAll();
    const abort = new AbortController();
    let calls = 0;
    const onProgress = (): void => {
      if (++calls === 4) abort.abort();
    };
    await expect(importAll({ signal: abort.signal, onProgress })).rejects.toThrow(/abort/i);
    const { spaces } = await importAll();
    expect(spaces.reduce((sum, { present }) => sum + present, 0)).toBeGreaterThan(0);
    expect((await textsIn(to, small, texts)).size).toBe(texts.length);
  });

  it('says when a part is missing or damaged, and takes the rest', async () => {
    await exportAll();
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 30));
    expect((await importAll()).complete).toBe(false);
    const cut = await textsIn(to, small, texts);
    expect(cut.size).toBe(texts.length);

    const flipped = Buffer.from(whole);
    flipped[Math.floor(flipped.length / 2)]! ^= 1;
    writeFileSync(file, flipped);
    expect((await importAll()).complete).toBe(false);

    writeFileSync(file, whole);
    appendFileSync(file, 'something else');
    expect((await importAll()).complete).toBe(false);
  });

  it('refuses what is no pack, and a space it does not know, and makes no file of it', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('PK\u0003\u0004 something else entirely'),
      Buffer.concat([
        MAGIC,
        encodeBlock(jsonBlock('SPCE', { hashFunction: 'md5', space: { ...small } })),
      ]),
      Buffer.concat([
        MAGIC,
        encodeBlock(
          jsonBlock('SPCE', { hashFunction: 'sha512', space: { ...small, dimensions: 1e9 } }),
        ),
      ]),
    ]) {
      writeFileSync(file, bytes);
      await expect(importAll()).rejects.toMatchObject({ kind: 'badFile' });
    }
    const cache = await openCache({ directory: to, storeText: true });
    expect(await cache.spaces()).toEqual([]);
    await cache.close();
  });

  it('refuses vectors that are none of the space, whoever made the checksums', async () => {
    const good = fakeVector(small, 'a');
    const rows = [
      good,
      good.map(() => NaN),
      good.map(() => 0),
      good.map((x) => x * 3),
      good.map(() => Infinity),
    ].map((vector, i) => ({
      hash: hashToBytes(textHashOf(i === 0 ? 'a' : `bad ${i}`)),
      tokens: null,
      vector: toBlob(vector, 'float32'),
    }));
    const vectors = { kind: 'VECS', payload: encodeVectors(rows) } as const;
    const space = jsonBlock('SPCE', { hashFunction: 'sha512', space: small });
    const done = jsonBlock('DONE', { embeddings: 5, texts: 0 });
    writeFileSync(file, Buffer.concat([MAGIC, ...[space, vectors, done].map(encodeBlock)]));
    const { spaces } = await importAll();
    expect(spaces[0]).toMatchObject({ added: 1, present: 0, refused: 4 });

    const half = { kind: 'VECS', payload: vectors.payload.subarray(1) } as const;
    writeFileSync(file, Buffer.concat([MAGIC, ...[vectors, space, half, done].map(encodeBlock)]));
    expect(await importAll()).toMatchObject({ complete: false });
  });
});
