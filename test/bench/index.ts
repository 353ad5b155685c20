// A cold index with the built-in model: MB of source a second and core, how long the event loop is
// kept waiting, how long a search takes meanwhile, and memory. Beside it: reading and hashing the same
// bytes, in the same run. `npm run bench -- index [MEGABYTES]`.
import { createHash } from 'node:crypto';
import {
  cp,
  mkdtemp,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../server/src/core/config.ts';
import { createCore, type CoreDeps } from '../../server/src/core/core.ts';
import {
  MODEL_FILE,
  MODEL_PROCESS,
  SECRET_SCAN_WORKER,
  STRUCTURE_WORKER,
} from '../support/provider-deps.ts';
import { judgedSets } from './quality/judged-set.ts';

const root = path.resolve(import.meta.dirname, '../..');
const SETS = path.resolve(root, '../shared/bench');
const SOURCE = /\.(?:[cm]?[jt]sx?|py|go|rs|rb|cs|c|h|cc|cpp|hpp|md)$/;
const MB = 1e6;
const QUERY_EVERY_MS = 2_000;
const wantedMb = Number(process.argv[2] ?? 20);

const ignore = (): void => undefined;
const deps: CoreDeps = {
  logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
  modelProcess: MODEL_PROCESS,
  modelFile: MODEL_FILE,
  indexWorker: path.join(root, 'dist/workers/index-worker.js'),
  structureWorker: STRUCTURE_WORKER,
  secretScanWorker: SECRET_SCAN_WORKER,
  fetch: globalThis.fetch,
  apiKeyOf: () => null,
  mayContact: () => false,
};

const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
try {
  const folder = path.join(directory, 'source');
  const { files, bytes } = await gatherSources(folder);
  console.log(`${files.length} files, ${(bytes / MB).toFixed(1)} MB of source`);
  const baseline = await readAndHash(files);
  const results = { files: files.length, bytes, baseline, runs: [] as object[] };
  for (const effort of ['normal', 'full'] as const) {
    const run = await coldIndex(folder, path.join(directory, effort), effort, bytes);
    results.runs.push(run);
  }
  await mkdir(path.join(root, 'out/bench'), { recursive: true });
  await writeFile(path.join(root, 'out/bench/index.json'), JSON.stringify(results, null, 2));
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Real sources: labelled repositories where they are here, then packages of node_modules. */
async function gatherSources(folder: string): Promise<{ files: string[]; bytes: number }> {
  const files: string[] = [];
  let bytes = 0;
  for (const { kind, name, texts } of await judgedSets(SETS)) {
    if (kind !== 'repository') continue;
    for (const file of texts) {
      const to = path.join(folder, name, file.name);
      await mkdir(path.dirname(to), { recursive: true });
      await writeFile(to, file.text);
      files.push(to);
      bytes += Buffer.byteLength(file.text);
    }
  }
  const modules = path.join(root, 'node_modules');
  const names = await readdir(modules, { recursive: true });
  for (const name of names.sort()) {
    if (bytes >= wantedMb * MB) break;
    if (!SOURCE.test(name) || /tree-sitter|\.d\.ts$|\.min\./.test(name)) continue;
    const facts = await stat(path.join(modules, name)).catch(() => null);
    if (!facts?.isFile() || facts.size > 300_000) continue;
    const to = path.join(folder, 'packages', name.replaceAll('node_modules', 'nested'));
    await mkdir(path.dirname(to), { recursive: true });
    await cp(path.join(modules, name), to);
    files.push(to);
    bytes += facts.size;
  }
  return { files, bytes };
}

async function readAndHash(files: readonly string[]): Promise<{ seconds: number }> {
  const started = performance.now();
  for (const file of files)
    createHash('sha512')
      .update(await readFile(file))
      .digest();
  const seconds = (performance.now() - started) / 1000;
  console.log(`reading and hashing: ${seconds.toFixed(2)} s`);
  return { seconds };
}

async function coldIndex(
  folder: string,
  cacheDir: string,
  effort: 'normal' | 'full',
  bytes: number,
) {
  const core = await createCore(configSchema.parse({ cacheDir, effort, git: false }), deps);
  const { signal } = new AbortController();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const memory: number[] = [];
  const queries: number[] = [];
  const ended = new AbortController();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  delay.enable();
  const indexing = core.index(folder, { signal }).finally(() => {
    ended.abort();
  });
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await sleep(QUERY_EVERY_MS);
      memory.push(process.memoryUsage().rss);
      const asked = performance.now();
      await core.search([folder], 'where a failed request is tried again', {
        limit: 10,
        mode: 'hybrid',
        signal,
      });
      queries.push(performance.now() - asked);
    }
  })();
  const report = await indexing;
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  await watching;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / MB;
  await core.close();
  const half = memory.slice(Math.floor(memory.length / 2));
  const run = {
    effort,
    seconds,
    cpuSeconds,
    mbPerSecond: bytes / MB / seconds,
    mbPerCpuSecond: bytes / MB / cpuSeconds,
    chunks: report.chunks.total,
    loopP99Ms: delay.percentile(99) / MB,
    loopMaxMs: delay.max / MB,
    queryP99Ms: percentile(queries, 0.99),
    rssMb: { most: Math.max(...memory) / MB, growthInSecondHalf: (half.at(-1)! - half[0]!) / MB },
  };
  console.log(
    `${effort}: ${seconds.toFixed(1)} s, ${run.mbPerSecond.toFixed(2)} MB/s, ` +
      `${run.mbPerCpuSecond.toFixed(2)} MB a second of one core (limit 2), ${run.chunks} chunks; ` +
      `event loop p99 ${run.loopP99Ms.toFixed(0)} ms (limit 100), worst ${run.loopMaxMs.toFixed(0)} ms; ` +
      `search meanwhile p99 ${run.queryP99Ms.toFixed(0)} ms (limit 250); ` +
      `memory at most ${run.rssMb.most.toFixed(0)} MB, ` +
      `second half ${run.rssMb.growthInSecondHalf.toFixed(0)} MB more`,
  );
  return run;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
