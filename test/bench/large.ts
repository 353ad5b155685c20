// A first index of very many files by the built server: its memory, how fast it answers meanwhile,
// and what a second look costs beside git. `npm run bench -- large [FILES]`. Linux only.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GitRepository } from '../support/git-repository.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { writeLargeTree } from '../support/large-tree.ts';

const FILES = Number(process.argv[2] ?? 100_000);
const LIMITS = { rssMb: 500, queryP99Ms: 250, unchangedTimesGit: 1.3 };
const QUERY_EVERY_MS = 500;
const REPORT = path.resolve(import.meta.dirname, '../../out/bench/large.json');

const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
try {
  if (process.platform === 'linux') await measure(path.join(directory, 'tree'));
  else console.log('skipped: memory is read from /proc, which is Linux’s.');
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function measure(folder: string): Promise<void> {
  console.log(`Writing ${FILES} files …`);
  const repository = new GitRepository(folder);
  writeLargeTree(folder, FILES);
  repository.commit();
  const settings = settingsOf({ directory: path.join(directory, 'cache') });
  const server = await LanguageServer.start({ settings, folders: [folder] });
  try {
    console.log('Indexing them while queries are asked …');
    const indexing = { done: false };
    const run = server.request('embeddingCache/index', { folders: [] }).finally(() => {
      indexing.done = true;
    });
    const queryMs = await askWhile(server, () => !indexing.done);
    const first = await run;
    const git = timeOf(() => {
      execFileSync('git', ['-C', folder, 'ls-files', '-s', '-z'], { maxBuffer: 1 << 30 });
      const args = ['-C', folder, 'status', '--porcelain', '-z', '-uall'];
      execFileSync('git', args, { maxBuffer: 1 << 30 });
    });
    const startedAt = performance.now();
    const second = await server.request('embeddingCache/index', { folders: [] });
    const secondMs = performance.now() - startedAt;
    const result = {
      files: first.files.indexed,
      chunks: first.chunks.total,
      seconds: Math.round(first.seconds),
      rssMb: Math.round(highestRssMb(server.process.pid!)),
      queries: queryMs.length,
      queryP50Ms: Math.round(share(queryMs, 0.5)),
      queryP99Ms: Math.round(share(queryMs, 0.99)),
      gitMs: Math.round(git),
      secondMs: Math.round(secondMs),
      unchanged: second.files.unchanged,
    };
    console.table([result]);
    console.log('limits', LIMITS);
    const ok =
      result.rssMb < LIMITS.rssMb &&
      result.queryP99Ms < LIMITS.queryP99Ms &&
      result.unchanged === FILES &&
      secondMs / git <= LIMITS.unchangedTimesGit;
    console.log(ok ? 'within the limits' : 'NOT within the limits');
    await mkdir(path.dirname(REPORT), { recursive: true });
    await writeFile(REPORT, JSON.stringify({ ...result, limits: LIMITS }, null, 2));
    if (!ok) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

/** Asks at a steady pace; a time counts from when the query was due. */
async function askWhile(server: LanguageServer, goOn: () => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let due = performance.now(); goOn(); due += QUERY_EVERY_MS) {
    await wait(Math.max(0, due - performance.now()));
    const query = `where is the price of order ${times.length} checked`;
    await server.request('embeddingCache/search', { query, limit: 10 });
    times.push(performance.now() - due);
  }
  return times;
}

/** The most memory the process ever had. */
function highestRssMb(pid: number): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1000;
}

function timeOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function share(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;
}
