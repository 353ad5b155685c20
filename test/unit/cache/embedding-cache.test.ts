import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { isShardName, shardNameOf } from '../../../server/src/core/cache/shard-file.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const open = (directory: string, storeText = true) => openCache({ directory, storeText });

describe('the cache', () => {
  it('keeps spaces apart and lists them', async () => {
    const cache = await open(path.join(tempDirectory(), 'cache'));
    const [a, b] = [spaceNamed('a'), spaceNamed('b', 16)];
    const hash = textHashOf('text');
    await (await cache.shard(a)).putMany(new Map([[hash, fakeVector(a, 'text')]]));

    expect((await (await cache.shard(b)).getMany([hash])).size).toBe(0);
    expect(await cache.storedSpaces()).toMatchObject([
      { space: a, embeddings: 1 },
      { space: b, embeddings: 0 },
    ]);
    await cache.close();
  });

  it('is readable by its owner alone', async () => {
    const directory = path.join(tempDirectory(), 'cache');
    const before = process.umask(0);
    try {
      const cache = await open(directory);
      await cache.texts.putMany(new Map([[textHashOf('text'), 'text']]));
      const modeOf = (name: string) => statSync(path.join(directory, name)).mode & 0o777;
      expect(modeOf('.')).toBe(0o700);
      for (const name of ['hashstring.db', 'hashstring.db-wal', 'hashstring.db-shm']) {
        expect(modeOf(name)).toBe(0o600);
      }
      await cache.close();
    } finally {
      process.umask(before);
    }
  });

  it('gives a text back by its hash, and null for one that was tampered with or never stored', async () => {
    const cache = await open(path.join(tempDirectory(), 'cache'));
    await cache.texts.putMany(
      new Map([
        [textHashOf('right'), 'right'],
        [textHashOf('wrong'), 'not what the hash says'],
      ]),
    );
    expect(await cache.texts.get(textHashOf('right'))).toBe('right');
    expect(await cache.texts.get(textHashOf('wrong'))).toBeNull();
    expect(await cache.texts.get(textHashOf('never'))).toBeNull();
    await cache.close();
  });

  it('keeps no text when told not to', async () => {
    const cache = await open(path.join(tempDirectory(), 'cache'), false);
    await cache.texts.putMany(new Map([[textHashOf('secret'), 'secret']]));
    expect(await cache.texts.get(textHashOf('secret'))).toBeNull();
    await cache.close();
  });
});

describe('a shard’s name', () => {
  it('never leaves the directory, and differs for every model, however it is written', () => {
    const models = ['a/b', 'a_b', 'A/b', 'a'.repeat(300), '../../x', '..', '', 'ä', 'con', 'a\0b'];
    const names = models.map((model) => shardNameOf(spaceNamed(model)));
    expect(new Set(names).size).toBe(models.length);
    for (const name of names) {
      expect(isShardName(name)).toBe(true);
      expect(path.basename(name)).toBe(name);
    }
  });
});
