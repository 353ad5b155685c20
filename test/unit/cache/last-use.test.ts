import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../server/src/core/cache/database.ts';
import { dayNumberOf, LastUse } from '../../../server/src/core/cache/last-use.ts';
import { openShard, type Shard } from '../../../server/src/core/cache/shard.ts';
import { hashToBytes, textHashOf, type TextHash } from '../../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const space = spaceNamed('test-model');
const today = dayNumberOf(Date.now());
const hashes = Array.from({ length: 3000 }, (_, i) => textHashOf(`text ${i}`));
let file: string;
let shard: Shard;

beforeEach(async () => {
  file = path.join(tempDirectory(), 'a.db');
  shard = await openShard(file, space);
  await put(hashes);
});

async function put(which: readonly TextHash[]): Promise<void> {
  await shard.putMany(new Map(which.map((hash) => [hash, fakeVector(space, hash)])));
}

function inFile<T>(use: (raw: BetterSqlite3.Database) => T): T {
  const raw = new BetterSqlite3(file);
  try {
    return use(raw);
  } finally {
    raw.close();
  }
}

const makeOld = (): void => {
  inFile((raw) => raw.prepare('UPDATE lastUse SET day = 20000').run());
};

/** By hash, hex. */
function days(): Map<string, number> {
  const sql = 'SELECT lower(hex(hash)), day FROM lastUse JOIN embedding USING (id)';
  return inFile((raw) => new Map(raw.prepare(sql).raw().all() as [string, number][]));
}

describe('the last use of an embedding', () => {
  it('is today for one that was just put', () => {
    expect(days()).toEqual(new Map(hashes.map((hash) => [hash, today])));
  });

  it('is today for one that was read, once the shard is closed, and for no other', async () => {
    makeOld();
    const read = hashes.filter((_, i) => i % 7 === 0);
    await shard.getMany(read);
    await shard.close();
    const after = days();
    const used = hashes.filter((hash) => after.get(hash) === today);
    expect(used).toEqual(read);
  });

  it('is today for one that was damaged and put again', async () => {
    makeOld();
    const [first] = hashes;
    inFile((raw) =>
      raw.prepare('UPDATE embedding SET checksum = 1 WHERE hash = ?').run(hashToBytes(first!)),
    );
    makeOld();
    await put([first!]);
    await shard.close();
    expect(days().get(first!)).toBe(today);
  });

  it('is kept in mind while another process holds the lock, and written at the next chance', async () => {
    await shard.close();
    makeOld();
    const db = await openDatabase(file, {});
    const lastUse = new LastUse(db);
    lastUse.note(1);
    lastUse.note(2000);
    const other = new BetterSqlite3(file);
    other.exec('BEGIN IMMEDIATE');
    await lastUse.flush();
    other.exec('COMMIT');
    other.close();
    expect([...days().values()].filter((day) => day === today)).toEqual([]);
    await lastUse.close();
    await db.destroy();
    expect([...days().values()].filter((day) => day === today)).toHaveLength(2);
  });

  it('goes with the embedding, and numbers them', async () => {
    inFile((raw) => raw.prepare('DELETE FROM embedding WHERE id % 3 = 0').run());
    expect(await shard.count()).toBe(2000);
    await put(hashes);
    expect(await shard.count()).toBe(3000);
    await shard.close();
  });
});
