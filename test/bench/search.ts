// How fast the nearest chunks are found, and whether they are the right ones: scan and rescoring
// against reading the same bytes of memory, sqlite-vec and the plain loop, all in this run.
// `npm run bench -- search [CHUNKS…]`, by default 100,000 and 1,000,000 chunks of 384 dimensions.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';
import { dot, type Vector } from '../../server/src/core/vectors/vector.ts';
import { compileScanKernel } from '../../tools/compile-wat.mjs';
import { Figures, type Limit, median, quantile } from './report/figures.ts';
import { ExactTen } from './search/exact-ten.ts';
import { buildLargeIndex } from './search/large-index.ts';
import { memoryReader } from './search/memory-read.ts';
import { clusteredVectors } from './search/random-vectors.ts';
import { sqliteVecSearch } from './search/sqlite-vec.ts';

const DIMENSIONS = 384;
const QUERIES = 100;
const JUDGED_QUERIES = 20;
/** sqlite-vec and the plain loop take their time. */
const MOST_FOR_BASELINES = 200_000;
const MEDIAN_LIMITS_MS = new Map([
  [100_000, 10],
  [1_000_000, 50],
]);
const SPACE: EmbeddingSpace = {
  provider: 'bench',
  origin: null,
  model: 'clusters',
  dimensions: DIMENSIONS,
  requestedDimensions: null,
  element: 'float32',
  role: 'both',
  prefix: '',
  normalised: true,
};

// Bundles have it inside; what is imported below looks for it under this name.
Object.assign(globalThis, { SCAN_KERNEL: await compileScanKernel() });

const sizes = process.argv.slice(2).map(Number);
const figures = new Figures('search');
for (const chunks of sizes.length > 0 ? sizes : MEDIAN_LIMITS_MS.keys()) {
  const directory = await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-'));
  try {
    await measure(chunks, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
await figures.write();

async function measure(chunks: number, directory: string): Promise<void> {
  const next = clusteredVectors(DIMENSIONS, 1);
  const queries = Array.from({ length: QUERIES }, clusteredVectors(DIMENSIONS, 2));
  const exact = new ExactTen(queries.slice(0, JUDGED_QUERIES));
  const folder = path.join(directory, 'source');
  console.log(`${chunks} chunks: filling an index`);
  const kept: Vector[] = [];
  await buildLargeIndex({
    cacheDir: directory,
    folder,
    space: SPACE,
    chunks,
    vectorOf: (chunk) => {
      const vector = next();
      exact.see(chunk, vector);
      if (chunks <= MOST_FOR_BASELINES) kept.push(vector);
      return vector;
    },
  });
  const { openFolder } = await import('./search/open-folder.ts');
  const opened = await openFolder({ cacheDir: directory, folder, space: SPACE });
  const add = (what: string, ours: number, limit?: Limit): void => {
    figures.add(`${chunks} chunks`, what, ours, limit);
  };
  try {
    const reads: number[] = [];
    const scans: number[] = [];
    const searches: number[] = [];
    const filtered: number[] = [];
    const isSource = (file: string) => file.startsWith('src/');
    const read = await memoryReader(chunks * DIMENSIONS);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    for (const [i, query] of [...queries, ...queries].entries()) {
      // Queries come one by one: that many in a row would be one stretch.
      await nextTurn();
      if (i === QUERIES) delay.enable();
      reads.push(read());
      scans.push(await timed(() => opened.index.nearest(query, 256, null)));
      reads.push(read());
      searches.push(await timed(() => opened.reader.nearest(query, 50, null)));
      filtered.push(await timed(() => opened.reader.nearest(query, 50, isSource)));
    }
    await nextTurn();
    delay.disable();
    const judged = queries.slice(0, JUDGED_QUERIES);
    const shares = await Promise.all(
      judged.map(async (query, i) => {
        const hits = await opened.reader.nearest(query, 10, null);
        return exact.shareOf(
          i,
          hits.map(({ id }) => id - 1),
        );
      }),
    );
    add('reading the same bytes, ms', median(reads));
    add('scan alone, ms', median(scans));
    const limit = MEDIAN_LIMITS_MS.get(chunks);
    add(
      'scan and rescoring, ms',
      median(searches),
      limit === undefined ? undefined : { atMost: limit },
    );
    add('… against reading', median(searches) / median(reads), { atMost: 1.5 });
    add('… 99th percentile, ms', quantile(searches, 0.99));
    add('… with a filter of paths, ms', median(filtered));
    add('recall@10', shares.reduce((sum, share) => sum + share, 0) / shares.length, {
      atLeast: 0.999,
    });
    add('event loop delay, 99th percentile, ms', delay.percentile(99) / 1e6, { atMost: 100 });
    if (kept.length > 0) addBaselines(add, queries, kept);
  } finally {
    await opened.close();
  }
}

function addBaselines(
  add: (what: string, ours: number, limit?: Limit) => void,
  queries: readonly Vector[],
  kept: readonly Vector[],
): void {
  const few = queries.slice(0, 20);
  const plain = few.map((query) => {
    const start = performance.now();
    let best = -Infinity;
    for (const vector of kept) best = Math.max(best, dot(query, vector));
    return performance.now() - start + 0 * best;
  });
  add('loop over float32 in TypeScript, ms', median(plain));
  const search = sqliteVecSearch(DIMENSIONS, kept.length, (chunk) => kept[chunk]!);
  if (!search) return;
  const times = few.map((query) => {
    const start = performance.now();
    search(query);
    return performance.now() - start;
  });
  add('sqlite-vec, ms', median(times));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
