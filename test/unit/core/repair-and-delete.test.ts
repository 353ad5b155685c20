// What `verify --repair` brings into new files, and what is left once everything is deleted.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNewest } from '../../../server/src/core/cache/generations.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { damageIndex } from '../../support/damage.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/openai-server.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
let server: OpenAiServer;
let world: CoreWorld;
let folder: string;
let cacheDir: string;

beforeEach(async () => {
  server = await startOpenAiServer();
  folder = tempDirectory();
  for (const name of ['one', 'two', 'three']) {
    writeFileSync(path.join(folder, `${name}.md`), `# ${name}\n\nthe text numbered ${name}\n`);
  }
  cacheDir = tempDirectory();
  world = new CoreWorld({ cacheDir, server });
  await world.index(folder);
});

afterEach(() => server.close());

/** Absolute paths of all databases, the older ones too. */
function databases(): string[] {
  return readdirSync(cacheDir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith('.db'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Git's texts: there are none here, so there is no index to damage. */
const isNotBlobs = (file: string) => !file.endsWith('blobs.db');

const isIndex = (file: string) => path.dirname(file).endsWith('workspaces');

const verify = (repair: boolean) =>
  world.use((core) => core.maintenance.verify({ repair, signal }));

describe('a damaged cache', () => {
  it('is whole again after a repair: counters, money, texts, vectors and indexes', async () => {
    const facts = () =>
      world.use(async (core) => ({
        texts: (await core.stats()).texts,
        usage: await core.usageByDay(),
        sent: await core.sent(100),
        spent: await core.spentUsd(),
      }));
    const before = await facts();
    const damaged = databases();
    const names = damaged.map((file) => path.basename(file).replace(/[0-9a-f]{16}/, 'ID'));
    expect(names.toSorted()).toEqual([
      'ID.db',
      'blobs.db',
      'hashstring.db',
      'sent.db',
      'test-model-ID.db',
      'usage.db',
    ]);
    for (const file of damaged.filter(isNotBlobs)) damageIndex(file);
    const bytes = damaged.map((file) => readFileSync(file));

    const found = await verify(false);
    expect(found.found).toEqual({ damagedRows: 0, damagedFiles: 5 });
    expect(found.files.filter(({ isRenewable }) => isRenewable)).toHaveLength(5);
    const { repaired, files } = await verify(true);
    expect(repaired).toEqual({ removedRows: 0, renewedFiles: 5 });
    expect(files.filter(({ isRenewable }) => isRenewable)).toEqual([]);
    for (const { recovery } of files) expect(recovery?.recovered).toBe(recovery?.total);

    expect((await verify(false)).found).toEqual({ damagedRows: 0, damagedFiles: 0 });
    expect(damaged.every((file, i) => readFileSync(file).equals(bytes[i]!))).toBe(true);
    expect(await facts()).toEqual(before);
    server.forget();
    await world.index(folder);
    expect([...server.asked]).toEqual([]);
  });

  it('is renewed once by two who repair it at once', async () => {
    damageIndex(path.join(cacheDir, 'usage.db'));
    const both = await Promise.all([verify(true), verify(true)]);
    expect(both.map(({ repaired }) => repaired.renewedFiles)).toContain(1);
    expect((await verify(false)).found.damagedFiles).toBe(0);
  });

  it('is cleaned up where an index was left for a new one because it is none', async () => {
    const index = databases().find((file) => isIndex(file) && isNotBlobs(file))!;
    writeFileSync(index, readFileSync(index).fill('x', 0, 100));
    await world.index(folder);
    expect(isNewest(index)).toBe(false);
    const rules = { olderThanDays: 1, dryRun: true };
    const { embeddings } = await world.use((core) =>
      core.maintenance.collectGarbage({ ...rules, signal }),
    );
    expect(embeddings.removed).toBe(0);
    await world.use((core) => core.maintenance.deleteAll({ signal }));
    expect(databases().every(isNewest)).toBe(true);
  });

  it('leaves no text behind in the files that were kept, once everything is deleted', async () => {
    const kept = databases();
    for (const file of kept.filter(isNotBlobs)) damageIndex(file);
    await verify(true);
    expect(databases().filter((file) => !isNewest(file))).toHaveLength(5);
    await world.use((core) => core.maintenance.deleteAll({ signal }));
    expect(databases().every(isNewest)).toBe(true);
    const all = readdirSync(cacheDir, { withFileTypes: true, recursive: true });
    const withText = all
      .filter((each) => each.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes('the text numbered'));
    expect(withText).toEqual([]);
  });
});
