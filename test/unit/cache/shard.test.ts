import { writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../../server/src/core/cache/checksum.ts';
import { openShard, readSpace } from '../../../server/src/core/cache/shard.ts';
import { hashToBytes, textHashOf, type TextHash } from '../../../server/src/core/keys/text-hash.ts';
import { BYTES_PER_NUMBER, ELEMENT_TYPES } from '../../../server/src/core/vectors/element.ts';
import { inForm } from '../../../server/src/core/vectors/vector-form.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const space = spaceNamed('test-model');
const texts = ['one', 'two', 'three'];
const vectors = new Map(texts.map((text) => [textHashOf(text), fakeVector(space, text)]));

describe('a shard', () => {
  it('gives back exactly the vectors that were put, also after it was closed', async () => {
    const file = path.join(tempDirectory(), 'a.db');
    const shard = await openShard(file, space);
    await shard.putMany(vectors);
    await shard.close();

    const again = await openShard(file, space);
    expect(await again.getMany([...vectors.keys(), textHashOf('unknown')])).toEqual(vectors);
    expect(await again.count()).toBe(3);
    await again.close();
  });

  it('refuses a file that holds another space, and leaves it whole', async () => {
    const file = path.join(tempDirectory(), 'a.db');
    const shard = await openShard(file, space);
    await shard.putMany(vectors);
    await shard.close();

    await expect(openShard(file, spaceNamed('another-model'))).rejects.toThrow(/another embedding/);
    const again = await openShard(file, space);
    expect(await again.count()).toBe(3);
    await again.close();
  });

  it('takes a flipped bit or a wrong length for a miss, and mends the row when it is put', async () => {
    const file = path.join(tempDirectory(), 'a.db');
    const shard = await openShard(file, space);
    await shard.putMany(vectors);
    const raw = new BetterSqlite3(file);
    const [first, second, third] = [...vectors.keys()];
    const stored = raw
      .prepare('SELECT vector FROM embedding WHERE hash = ?')
      .pluck()
      .get(hashToBytes(first!)) as Buffer;
    stored[5]! ^= 1;
    const update = raw.prepare('UPDATE embedding SET vector = ? WHERE hash = ?');
    update.run(stored, hashToBytes(first!));
    update.run(Buffer.alloc(4), hashToBytes(second!));
    raw.close();

    expect([...(await shard.getMany([...vectors.keys()])).keys()]).toEqual([third]);
    await shard.putMany(vectors);
    expect(await shard.getMany([...vectors.keys()])).toEqual(vectors);
    expect(await shard.count()).toBe(3);
    await shard.close();
  });

  it('remembers what texts were billed as, where that is known', async () => {
    const shard = await openShard(path.join(tempDirectory(), 'a.db'), space);
    const [first, second, third] = [...vectors.keys()];
    await shard.putMany(
      vectors,
      new Map([
        [first!, 7],
        [second!, 0],
      ]),
    );
    const tokens = new Map<TextHash, number>();
    await shard.getMany([first!, second!, third!], tokens);
    expect([...tokens.values()]).toEqual([7, 0]);
    await shard.close();
  });

  it('lets other events in while it reads and writes many', async () => {
    const shard = await openShard(path.join(tempDirectory(), 'a.db'), space);
    const many = Array.from({ length: 5000 }, (_, i) => textHashOf(String(i)));
    const vector = fakeVector(space, 'one');
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await shard.putMany(new Map(many.map((hash) => [hash, vector])));
    const whenPut = turns;
    await shard.getMany(many);
    clearInterval(count);
    expect(whenPut).toBeGreaterThanOrEqual(2);
    expect(turns - whenPut).toBeGreaterThanOrEqual(2);
    await shard.close();
  });

  it('refuses a vector of another length', async () => {
    const shard = await openShard(path.join(tempDirectory(), 'a.db'), space);
    await expect(
      shard.putMany(new Map([[textHashOf('one'), new Float32Array(7)]])),
    ).rejects.toThrow(/7 numbers/);
    await shard.close();
  });

  it.each(ELEMENT_TYPES)(
    'keeps vectors of %s, and takes no other numbers back',
    async (element) => {
      const file = path.join(tempDirectory(), 'a.db');
      const form = { element, normalised: true };
      const shard = await openShard(file, { ...space, ...form });
      const given = new Map(
        texts.map((text) => [textHashOf(text), inForm([...fakeVector(space, text)], form)!]),
      );
      await shard.putMany(given);
      expect(await shard.getMany([...given.keys()])).toEqual(given);

      // Whole rows by their checksum, whose numbers stand for no vector.
      const raw = new BetterSqlite3(file);
      const size = BYTES_PER_NUMBER[element];
      expect(raw.prepare('SELECT length(vector) FROM embedding').pluck().get()).toBe(8 * size);
      const update = raw.prepare('UPDATE embedding SET vector = ?, checksum = ? WHERE hash = ?');
      const [first, second, third] = [...given.keys()];
      const put = (hash: TextHash, blob: Buffer) => {
        const bytes = hashToBytes(hash);
        update.run(blob, checksumOf(bytes, blob), bytes);
      };
      put(first!, Buffer.alloc(8 * size));
      put(second!, Buffer.alloc(8 * size, 0xff));
      raw.close();
      expect([...(await shard.getMany([...given.keys()])).keys()]).toEqual([third]);
      await shard.putMany(given);
      expect(await shard.getMany([...given.keys()])).toEqual(given);
      await shard.close();
    },
  );

  it.each([
    ['float32', 1e39],
    ['float16', 1e6],
    ['float64', NaN],
  ] as const)('refuses what %s cannot hold: %d', async (element, number) => {
    const shard = await openShard(path.join(tempDirectory(), 'a.db'), { ...space, element });
    const vector = new Float64Array(8).fill(number);
    await expect(shard.putMany(new Map([[textHashOf('one'), vector]]))).rejects.toThrow(element);
    expect(await shard.count()).toBe(0);
    await shard.close();
  });

  it('leaves a file of a newer version untouched', async () => {
    const file = path.join(tempDirectory(), 'a.db');
    await (await openShard(file, space)).close();
    const raw = new BetterSqlite3(file);
    raw.pragma('user_version = 99');
    raw.close();

    await expect(openShard(file, space)).rejects.toMatchObject({ kind: 'newerCache' });
  });

  it('waits for another process that holds the write lock, without blocking', async () => {
    const file = path.join(tempDirectory(), 'a.db');
    const shard = await openShard(file, space);
    const other = new BetterSqlite3(file);
    other.exec('BEGIN IMMEDIATE');
    let lastTick = performance.now();
    let longestGapMs = 0;
    const timer = setInterval(() => {
      longestGapMs = Math.max(longestGapMs, performance.now() - lastTick);
      lastTick = performance.now();
    }, 5);
    setTimeout(() => other.exec('COMMIT'), 400);

    await shard.putMany(vectors);

    clearInterval(timer);
    other.close();
    longestGapMs = Math.max(longestGapMs, performance.now() - lastTick);
    // SQLite's own wait would hold the loop, and with it the timer above, for 5 seconds.
    expect(longestGapMs).toBeLessThan(2500);
    expect(await shard.count()).toBe(3);
    await shard.close();
  });

  it('says which space a file holds, and that an empty file holds none', async () => {
    const directory = tempDirectory();
    await (await openShard(path.join(directory, 'a.db'), space)).close();
    writeFileSync(path.join(directory, 'empty.db'), '');

    expect(await readSpace(path.join(directory, 'a.db'))).toEqual(space);
    expect(await readSpace(path.join(directory, 'empty.db'))).toBeNull();
  });
});
