import { statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  collectGarbage,
  type GarbageOptions,
  type GarbageRules,
} from '../../../../server/src/core/cache/maintenance/collect-garbage.ts';
import { verifyCache } from '../../../../server/src/core/cache/maintenance/verify.ts';
import { openCache } from '../../../../server/src/core/cache/embedding-cache.ts';
import { createMaintenance } from '../../../../server/src/core/maintenance.ts';
import { dayNumberOf } from '../../../../server/src/core/cache/last-use.ts';
import { spaceIdOf, type EmbeddingSpace } from '../../../../server/src/core/keys/space.ts';
import { hashToBytes, textHashOf } from '../../../../server/src/core/keys/text-hash.ts';
import { inFile } from '../../../support/damage.ts';
import { spaceNamed } from '../../../support/fake-provider.ts';
import { fillCache, numbered, shardFileIn, textsIn } from '../../../support/filled-cache.ts';
import { providerDeps, STRUCTURE_WORKER } from '../../../support/provider-deps.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const today = dayNumberOf(Date.now());
const { signal } = new AbortController();
const first = spaceNamed('first', 8);
const second = spaceNamed('second', 8);
const wide = spaceNamed('wide', 64);
let directory: string;

beforeEach(() => {
  directory = tempDirectory();
});

function gc(rules: GarbageRules, changes: Partial<GarbageOptions> = {}) {
  return collectGarbage({
    directory,
    rules,
    today,
    signal,
    dryRun: false,
    structureWorker: STRUCTURE_WORKER,
    indexUses: async function* () {},
    ...changes,
  });
}

/** Sets the day each text's embedding was last used, in days before today. */
function age(space: EmbeddingSpace, daysAgo: (place: number) => number, texts: readonly string[]) {
  // A space that nothing was put into has no file.
  if (texts.length === 0) return;
  inFile(shardFileIn(directory, space), (raw) => {
    const update = raw.prepare(
      'UPDATE lastUse SET day = ? WHERE id = (SELECT id FROM embedding WHERE hash = ?)',
    );
    raw.transaction(() => {
      texts.forEach((text, i) => update.run(today - daysAgo(i), hashToBytes(textHashOf(text))));
    })();
  });
}

async function textsStored(texts: readonly string[]): Promise<Set<string>> {
  const cache = await openCache({ directory, storeText: true });
  const stored = new Set<string>();
  for (const text of texts)
    if ((await cache.texts.get(textHashOf(text))) === text) stored.add(text);
  await cache.close();
  return stored;
}

async function expectSound(): Promise<void> {
  const { found } = await verifyCache({
    directory,
    repair: false,
    signal,
    renewals: new Map(),
    structureWorker: STRUCTURE_WORKER,
  });
  expect(found).toEqual({ damagedRows: 0, damagedFiles: 0 });
}

describe('garbage collection', () => {
  it('counts what this process has read until now as used', async () => {
    const texts = numbered(100);
    await fillCache(directory, first, texts);
    age(first, () => 100, texts);
    const cache = await openCache({ directory, storeText: true });
    await (await cache.shard(first)).getMany(texts.slice(0, 40).map(textHashOf));
    const maintenance = createMaintenance({
      renewals: new Map(),
      cache,
      deps: { ...providerDeps(), structureWorker: STRUCTURE_WORKER },
      priceOf: () => null,
      changed: () => undefined,
    });
    const report = await maintenance.collectGarbage({ olderThanDays: 30, dryRun: false, signal });
    expect(report.embeddings).toEqual({ total: 100, removed: 60 });
    await cache.close();
  });

  it('removes what was not used for so long, its texts, and nothing else', async () => {
    const texts = numbered(300);
    await fillCache(directory, first, texts);
    age(first, (i) => i % 100, texts);
    const report = await gc({ olderThanDays: 30 });
    const kept = texts.filter((_, i) => i % 100 <= 30);
    expect(report.embeddings).toEqual({ total: 300, removed: 300 - kept.length });
    expect(report.texts).toEqual({ total: 300, removed: 300 - kept.length });
    expect(await textsIn(directory, first, texts)).toEqual(new Set(kept));
    expect(await textsStored(texts)).toEqual(new Set(kept));
    await expectSound();
  });

  it('says beforehand exactly what it will remove, and then removes nothing', async () => {
    const texts = numbered(1000);
    await fillCache(directory, first, texts);
    age(first, (i) => i % 50, texts);
    for (const rules of [{ olderThanDays: 20 }, { maxBytes: 250_000 }, { everything: true }]) {
      const preview = await gc(rules, { dryRun: true });
      expect((await textsIn(directory, first, texts)).size).toBe(preview.embeddings.total);
      age(first, (i) => i % 50, texts);
      const { spaces, embeddings, texts: textFigures } = await gc(rules);
      expect({ spaces, embeddings, texts: textFigures }).toEqual({
        spaces: preview.spaces,
        embeddings: preview.embeddings,
        texts: preview.texts,
      });
      await fillCache(directory, first, texts);
      age(first, (i) => i % 50, texts);
    }
  });

  it('keeps a text that another space still has', async () => {
    const texts = numbered(100);
    await fillCache(directory, first, texts);
    await fillCache(directory, second, texts.slice(0, 40));
    const report = await gc({ everything: true, spaceIds: [spaceIdOf(first)] });
    expect(report.embeddings.removed).toBe(100);
    expect(report.texts.removed).toBe(60);
    expect(await textsStored(texts)).toEqual(new Set(texts.slice(0, 40)));
    expect((await textsIn(directory, first, texts)).size).toBe(0);
    expect((await textsIn(directory, second, texts)).size).toBe(40);
  });

  it('without a rule removes only texts that nothing needs', async () => {
    const texts = numbered(100);
    await fillCache(directory, first, texts);
    inFile(shardFileIn(directory, first), (raw) =>
      raw.exec('DELETE FROM embedding WHERE id <= 30'),
    );
    const report = await gc({});
    expect(report.embeddings).toEqual({ total: 70, removed: 0 });
    expect(report.texts).toEqual({ total: 100, removed: 30 });
    expect(await textsStored(texts)).toEqual(new Set(texts.slice(30)));
  });

  it('takes what an index holds as used when the index was brought up to date', async () => {
    const texts = numbered(100);
    await fillCache(directory, first, texts);
    age(first, () => 100, texts);
    const held = texts.slice(10, 30);
    await gc(
      { olderThanDays: 50 },
      {
        indexUses: async function* () {
          const hashes = held.map((text) => hashToBytes(textHashOf(text)));
          yield { day: today - 50, hashes };
          yield { day: today - 90, hashes: texts.map((text) => hashToBytes(textHashOf(text))) };
        },
      },
    );
    expect(await textsIn(directory, first, texts)).toEqual(new Set(held));
  });

  it('keeps what is read between the look and the removal', async () => {
    const texts = numbered(3000);
    await fillCache(directory, first, texts);
    age(first, () => 100, texts);
    let looked = false;
    const report = await gc(
      { olderThanDays: 50 },
      {
        onProgress: () => {
          if (looked) return;
          looked = true;
          age(first, () => 0, texts.slice(2950));
        },
      },
    );
    const kept = await textsIn(directory, first, texts);
    expect(looked).toBe(true);
    expect(report.embeddings.removed).toBe(2950);
    expect([...kept].every((text) => texts.indexOf(text) >= 2950)).toBe(true);
    expect(kept.size).toBe(50);
  });

  it('trusts no day that only a wrong clock can have written', async () => {
    const texts = numbered(30);
    await fillCache(directory, first, texts);
    age(first, (i) => (i < 10 ? today : i < 20 ? -40_000 : 60), texts);
    await gc({ olderThanDays: 50 });
    expect(await textsIn(directory, first, texts)).toEqual(new Set(texts.slice(0, 20)));
  });

  it('brings the files below a size, the least recently used first, and gives the room back', async () => {
    const texts = numbered(3000);
    await fillCache(directory, wide, texts);
    // Here and there: every page keeps some of its rows.
    age(wide, (i) => (i * 7919) % 200, texts);
    const { bytes, embeddings } = await gc({ maxBytes: 1_000_000 });
    expect(bytes.before).toBeGreaterThan(1_700_000);
    expect(bytes.after).toBeLessThan(1_000_000);
    expect(bytes.after).toBeGreaterThan(650_000);
    const kept = await textsIn(directory, wide, texts);
    expect(kept.size).toBe(3000 - embeddings.removed);
    const daysOf = (text: string) => (texts.indexOf(text) * 7919) % 200;
    const oldestKept = Math.max(...[...kept].map(daysOf));
    const youngestRemoved = Math.min(...texts.filter((text) => !kept.has(text)).map(daysOf));
    expect(oldestKept).toBeLessThanOrEqual(youngestRemoved);
    await expectSound();
  });

  it('gives the room back also where every second row went', async () => {
    const texts = numbered(2000);
    await fillCache(directory, wide, texts);
    age(wide, (i) => (i % 2) * 100, texts);
    const before = statSync(shardFileIn(directory, wide)).size;
    await gc({ olderThanDays: 50 });
    expect(statSync(shardFileIn(directory, wide)).size).toBeLessThan(0.75 * before);
    const kept = texts.filter((_, i) => i % 2 === 0);
    expect(await textsIn(directory, wide, texts)).toEqual(new Set(kept));
    await expectSound();
  });

  it('keeps a text whose vector is stored between the look and the removal', async () => {
    const texts = numbered(3000);
    await fillCache(directory, first, texts);
    const file = shardFileIn(directory, first);
    inFile(file, (raw) => {
      raw.exec('CREATE TABLE aside AS SELECT * FROM embedding; DELETE FROM embedding');
    });
    let looked = false;
    const report = await gc(
      {},
      {
        onProgress: () => {
          if (looked) return;
          looked = true;
          inFile(file, (raw) =>
            raw.exec('INSERT INTO embedding SELECT * FROM aside WHERE id > 2900'),
          );
        },
      },
    );
    expect(looked).toBe(true);
    expect(report.texts).toEqual({ total: 3000, removed: 2900 });
    expect(await textsStored(texts)).toEqual(new Set(texts.slice(2900)));
  });

  it('is the same as a model: what is kept and what goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ days: fc.nat(60), spaces: fc.constantFrom(1, 2, 3) }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.record(
          { olderThanDays: fc.nat(70), spaceIds: fc.constant([spaceIdOf(first)]) },
          { requiredKeys: [] },
        ),
        async (rows, rules) => {
          directory = path.join(tempDirectory(), 'cache');
          const texts = numbered(rows.length);
          const inSpace = (bit: number) => texts.filter((_, i) => (rows[i]!.spaces & bit) !== 0);
          for (const [space, bit] of [
            [first, 1],
            [second, 2],
          ] as const) {
            await fillCache(directory, space, inSpace(bit));
            age(space, (i) => rows[texts.indexOf(inSpace(bit)[i]!)]!.days, inSpace(bit));
          }
          await gc(rules);
          const goes = (text: string, space: EmbeddingSpace) =>
            (rules.spaceIds?.includes(spaceIdOf(space)) ?? true) &&
            rules.olderThanDays !== undefined &&
            rows[texts.indexOf(text)]!.days > rules.olderThanDays;
          const kept1 = inSpace(1).filter((text) => !goes(text, first));
          const kept2 = inSpace(2).filter((text) => !goes(text, second));
          expect(await textsIn(directory, first, texts)).toEqual(new Set(kept1));
          expect(await textsIn(directory, second, texts)).toEqual(new Set(kept2));
          expect(await textsStored(texts)).toEqual(new Set([...kept1, ...kept2]));
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);
});
