import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../../../server/src/core/cache/embedding-cache.ts';
import { backUp } from '../../../../server/src/core/cache/maintenance/backup.ts';
import { textHashOf } from '../../../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../../../support/fake-provider.ts';
import { fillCache, numbered, shardFileIn, textsIn } from '../../../support/filled-cache.ts';
import { STRUCTURE_WORKER } from '../../../support/provider-deps.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const space = spaceNamed('test-model', 8);
const texts = numbered(1000);
const never = new AbortController().signal;
let home: string;
let directory: string;
let to: string;

beforeEach(async () => {
  home = tempDirectory();
  directory = path.join(home, 'cache');
  to = path.join(home, 'backup');
  await fillCache(directory, space, texts);
  mkdirSync(path.join(directory, 'workspaces'));
});

function copy(changes: Partial<Parameters<typeof backUp>[0]> = {}) {
  return backUp({ directory, to, signal: never, structureWorker: STRUCTURE_WORKER, ...changes });
}

describe('a backup', () => {
  it('is a cache with everything in it, readable by its owner alone', async () => {
    const report = await copy();
    expect(report).toMatchObject({ directory: to, files: 2, damaged: [] });
    expect((await textsIn(to, space, texts)).size).toBe(texts.length);
    if (process.platform === 'win32') return;
    expect(statSync(to).mode & 0o777).toBe(0o700);
    expect(statSync(shardFileIn(to, space)).mode & 0o777).toBe(0o600);
  });

  it('holds what was there at its start, whatever is put and removed meanwhile', async () => {
    const cache = await openCache({ directory, storeText: true });
    const shard = await cache.shard(space);
    const done = new AbortController();
    const writing = (async () => {
      for (let i = 0; !done.signal.aborted; i++) {
        const text = `meanwhile ${i}`;
        await shard.putMany(new Map([[textHashOf(text), fakeVector(space, text)]]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const report = await copy();
    done.abort();
    await writing;
    await cache.close();
    expect(report.damaged).toEqual([]);
    expect((await textsIn(to, space, texts)).size).toBe(texts.length);
  });

  it('goes into an empty directory, and into no other', async () => {
    mkdirSync(to);
    await copy();
    await expect(copy()).rejects.toMatchObject({ kind: 'badFile' });
    await expect(copy({ to: directory })).rejects.toMatchObject({ kind: 'badFile' });
    const inside = path.join(directory, 'backup');
    await expect(copy({ to: inside })).rejects.toMatchObject({ kind: 'badFile' });
    expect(readdirSync(home).sort()).toEqual(['backup', 'cache']);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort();
    };
    await expect(copy({ signal: abort.signal, onProgress })).rejects.toThrow(/abort/i);
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(home)).toEqual(['cache']);
  });

  it('names a copy that is no sounder than its file', async () => {
    const file = shardFileIn(directory, space);
    const bytes = readFileSync(file);
    bytes.fill(0x5a, bytes.length - 8192);
    writeFileSync(file, bytes);
    expect((await copy()).damaged).toEqual([path.basename(file)]);
  });

  it('names what could not be copied, and copies the rest', async () => {
    writeFileSync(path.join(directory, 'usage.db'), 'no database'.repeat(1000));
    const { files, damaged } = await copy();
    expect({ files, damaged }).toEqual({ files: 2, damaged: ['usage.db'] });
    expect((await textsIn(to, space, texts)).size).toBe(texts.length);
  });
});
