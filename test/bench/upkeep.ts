// What remembering the last use costs a read, and how long looking after the cache holds up the
// event loop: `npm run bench -- upkeep [rows]`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { dayNumberOf, LastUse } from '../../server/src/core/cache/last-use.ts';
import { collectGarbage } from '../../server/src/core/cache/maintenance/collect-garbage.ts';
import { exportPack } from '../../server/src/core/cache/maintenance/pack/export-pack.ts';
import { importPack } from '../../server/src/core/cache/maintenance/pack/import-pack.ts';
import { verifyCache } from '../../server/src/core/cache/maintenance/verify.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { inFile } from '../support/damage.ts';
import { spaceNamed } from '../support/fake-provider.ts';
import { shardFileIn } from '../support/filled-cache.ts';
import { STRUCTURE_WORKER } from '../support/provider-deps.ts';

const rows = Number(process.argv[2] ?? 100_000);
const space = spaceNamed('bench', 384);
const home = mkdtempSync(path.join(tmpdir(), 'embeddingcache-bench-'));
const directory = path.join(home, 'cache');
const { signal } = new AbortController();
const hashes = Array.from({ length: rows }, (_, i) => textHashOf(`text ${i}`));
const results: Record<string, number> = { rows };

try {
  await fill();
  await measureReads();
  await measureRuns();
  writeFileSync('out/bench-upkeep.json', JSON.stringify(results, null, 2));
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const cache = await openCache({ directory, storeText: true });
  const shard = await cache.shard(space);
  for (let start = 0; start < rows; start += 1000) {
    const batch = hashes.slice(start, start + 1000);
    await shard.putMany(new Map(batch.map((hash, i) => [hash, vectorOf(start + i)])));
    await cache.texts.putMany(new Map(batch.map((hash, i) => [hash, `text ${start + i}`])));
  }
  await cache.close();
}

function vectorOf(seed: number): Float32Array {
  const vector = Float32Array.from({ length: 384 }, (_, k) => Math.sin(seed + k * 1.7));
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}

/** Processor time of the same reads with and without the note, in turns. */
async function measureReads(): Promise<void> {
  const note = Object.getOwnPropertyDescriptor(LastUse.prototype, 'note')!.value as () => void;
  const times: Record<'with' | 'without', number[]> = { with: [], without: [] };
  const cache = await openCache({ directory, storeText: true });
  const shard = await cache.shard(space);
  await shard.getMany(hashes.slice(0, 20_000));
  for (let round = 0; round < 14; round++) {
    for (const kind of ['with', 'without'] as const) {
      LastUse.prototype.note = kind === 'with' ? note : () => undefined;
      const before = process.cpuUsage();
      for (let start = 0; start < 20_000; start += 1000) {
        await shard.getMany(hashes.slice(start, start + 1000));
      }
      const { user, system } = process.cpuUsage(before);
      times[kind].push(user + system);
    }
  }
  LastUse.prototype.note = note;
  await cache.close();
  // The fastest round: what other programs do to the machine only ever adds.
  const perRead = (kind: 'with' | 'without') => Math.min(...times[kind]) / 20_000;
  results['readMicros'] = perRead('without');
  results['readMicrosNoted'] = perRead('with');
  results['readRatio'] = perRead('with') / perRead('without');
  print('read without the note', `${perRead('without').toFixed(2)} µs`);
  print('read with the note', `${perRead('with').toFixed(2)} µs`);
  print('ratio', perRead('with').toFixed(3), perRead('without').toFixed(3), 'limit 1.02');
}

async function measureRuns(): Promise<void> {
  const pack = path.join(home, 'a.pack');
  const run = { directory, signal };
  // What the machine itself does to a process that works 6 ms and rests 2 ms.
  await timed('nothing, in slices', async () => {
    for (let slice = 0; slice < 400; slice++) {
      const until = performance.now() + 6;
      while (performance.now() < until);
      await delay(2);
    }
  });
  await timed('verify', () =>
    verifyCache({ ...run, repair: false, renewals: new Map(), structureWorker: STRUCTURE_WORKER }),
  );
  await timed('export', () => exportPack({ ...run, file: pack, spaceIds: null, withText: true }));
  const other = path.join(home, 'other');
  const cache = await openCache({ directory: other, storeText: true });
  await timed('import', () =>
    importPack({
      directory: other,
      signal,
      texts: cache.texts,
      onProblem: cache.onProblem,
      file: pack,
    }),
  );
  await cache.close();
  inFile(shardFileIn(directory, space), (raw) => {
    raw.exec('UPDATE lastUse SET day = 20400 WHERE id % 2 = 0');
  });
  await timed('gc of half, here and there', () =>
    collectGarbage({
      ...run,
      rules: { olderThanDays: 30 },
      dryRun: false,
      today: dayNumberOf(Date.now()),
      structureWorker: STRUCTURE_WORKER,
      indexUses: async function* () {},
    }),
  );
}

async function timed(name: string, task: () => Promise<unknown>): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const startedAt = performance.now();
  await task();
  const seconds = (performance.now() - startedAt) / 1000;
  delays.disable();
  const [p99, worst] = [delays.percentile(99) / 1e6, delays.max / 1e6];
  results[`${name}: seconds`] = seconds;
  results[`${name}: lag p99 ms`] = p99;
  results[`${name}: lag worst ms`] = worst;
  const lag = `event loop lag p99 ${p99.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`;
  print(name, `${seconds.toFixed(1)} s`, lag, 'limit p99 100 ms');
}

function print(...columns: readonly string[]): void {
  console.log(columns.join('   '));
}
