// Would a bounded memory of recent vectors in front of SQLite pay? `npm run bench -- memory-tier`.
// Two questions: what a lookup costs with and without it when it hits, and how many lookups of real
// work it could hit at all. CPU time, so that a busy machine does not blur it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCache, type EmbeddingCache } from '../../server/src/core/cache/embedding-cache.ts';
import type { Shard } from '../../server/src/core/cache/shard.ts';
import { textHashOf, type TextHash } from '../../server/src/core/keys/text-hash.ts';
import type { Vector } from '../../server/src/core/vectors/vector.ts';
import { CoreWorld } from '../support/core-world.ts';
import { ours } from './cache/ours.ts';
import { textOf, vectorOf } from './cache/sample.ts';

const REPORT = path.resolve(import.meta.dirname, '../../out/bench/memory-tier.json');
const ROOT = path.resolve(import.meta.dirname, '../..');
const SIZES = [1000, 10_000, 100_000];
const QUERY = 'where is a failed request tried again';

/** Counts the lookups of a shard, and those that a memory of so many recent ones would answer. */
class CountedLookups {
  lookups = 0;
  calls = 0;
  cpuMs = 0;
  readonly hits = new Map(SIZES.map((size) => [size, 0]));
  readonly #recent = new Map(SIZES.map((size) => [size, new Map<TextHash, true>()]));

  note(hashes: readonly TextHash[]): void {
    this.calls++;
    this.lookups += hashes.length;
    for (const [size, recent] of this.#recent) {
      for (const hash of hashes) {
        if (recent.delete(hash)) this.hits.set(size, this.hits.get(size)! + 1);
        recent.set(hash, true);
        if (recent.size > size) recent.delete(recent.keys().next().value!);
      }
    }
  }
}

const directory = mkdtempSync(path.join(tmpdir(), 'embeddingcache-bench-'));
try {
  const report = { lookup: await lookupCosts(), work: await realWork() };
  mkdirSync(path.dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, JSON.stringify(report, null, 2));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Microseconds of CPU per text when the same texts come again and again. */
async function lookupCosts(): Promise<Record<string, number>> {
  const folder = path.join(directory, 'lookups');
  mkdirSync(folder);
  const cache = await ours.open(folder);
  const rows = Array.from({ length: 1000 }, (_, i) => i);
  const texts = rows.map(textOf);
  await cache.put(texts, rows.map(vectorOf));
  const memory = new Map<TextHash, Vector>(rows.map((i) => [textHashOf(texts[i]!), vectorOf(i)]));
  const costs = {
    'getEmbeddings(), 1,000 texts again': await cpuOf(() => cache.get(texts), 1000),
    'a memory that knows them all': await cpuOf(async () => {
      const matrix = new Float32Array(1000 * 384);
      texts.forEach((text, i) => {
        matrix.set(memory.get(textHashOf(text))!, i * 384);
      });
    }, 1000),
    'getEmbeddings(), one text again': await cpuOf(() => cache.get(texts.slice(0, 1)), 1),
  };
  await cache.close();
  console.log('µs of CPU per text');
  for (const [name, cost] of Object.entries(costs)) {
    console.log(`  ${name.padEnd(40)}${cost.toFixed(1).padStart(8)}`);
  }
  return costs;
}

/** Lookups while this repository is indexed, indexed again for another folder, and searched. */
async function realWork(): Promise<Record<string, object>> {
  const cacheDir = path.join(directory, 'cache');
  const signal = new AbortController().signal;
  const report: Record<string, object> = {};
  const folders = ['server', 'client'].map((name) => path.join(ROOT, name));
  const during = async (name: string, work: (core: CoreOf) => Promise<unknown>): Promise<void> => {
    const counted = new CountedLookups();
    const opened = async () =>
      countedCache(await openCache({ directory: cacheDir, storeText: true }), counted);
    await new CoreWorld({ cacheDir, openCache: opened }).use(async (core) => {
      const before = process.cpuUsage();
      await work(core);
      const { user, system } = process.cpuUsage(before);
      const cpuMs = (user + system) / 1000;
      const share = (part: number, of: number) => `${((100 * part) / Math.max(1, of)).toFixed(1)}%`;
      const hits = Object.fromEntries(
        [...counted.hits].map(([size, count]) => [size, share(count, counted.lookups)]),
      );
      const lookups = { calls: counted.calls, lookups: counted.lookups };
      const cost = { lookupsOfCpu: share(counted.cpuMs, cpuMs), cpuMs: Math.round(cpuMs) };
      report[name] = { ...lookups, repeated: hits, ...cost };
      console.log(`\n${name}\n  ${JSON.stringify(report[name])}`);
    });
  };
  type CoreOf = Parameters<Parameters<CoreWorld['use']>[0]>[0];
  const indexAll = async (core: CoreOf) => {
    for (const folder of folders) await core.index(folder, { signal });
  };
  await during('first index of two folders', indexAll);
  await during('index of the same texts again, from the cache', async (core) => {
    for (const folder of folders) await core.deleteIndex(folder);
    await indexAll(core);
  });
  await during(`“${QUERY}”, typed letter by letter`, async (core) => {
    for (let end = 1; end <= QUERY.length; end++) {
      const options = { signal, mode: 'hybrid', limit: 50 } as const;
      await core.search(folders, QUERY.slice(0, end), options);
    }
  });
  return report;
}

function countedCache(cache: EmbeddingCache, counted: CountedLookups): EmbeddingCache {
  return new Proxy(cache, {
    get(target, name) {
      if (name === 'shard') {
        return async (...args: Parameters<EmbeddingCache['shard']>) =>
          countedShard(await target.shard(...args), counted);
      }
      return boundTo(target, name);
    },
  });
}

function countedShard(shard: Shard, counted: CountedLookups): Shard {
  return new Proxy(shard, {
    get(target, name) {
      if (name === 'getMany') {
        return async (...args: Parameters<Shard['getMany']>) => {
          counted.note(args[0]);
          const before = process.cpuUsage();
          const found = await target.getMany(...args);
          const { user, system } = process.cpuUsage(before);
          counted.cpuMs += (user + system) / 1000;
          return found;
        };
      }
      return boundTo(target, name);
    },
  });
}

/** A member that works on an object with private fields, though a proxy was asked for it. */
function boundTo(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

async function cpuOf(work: () => Promise<unknown>, texts: number): Promise<number> {
  const times: number[] = [];
  const rounds = texts === 1 ? 2000 : 60;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (round > rounds / 4) times.push((user + system) / texts);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
