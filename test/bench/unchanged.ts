// What a second look at a folder costs when nothing changed, against git's own two commands in the
// same run. `npm run bench -- unchanged [FILES]`.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeProvider } from '../support/fake-provider.ts';
import { GitRepository } from '../support/git-repository.ts';
import { IndexWorld } from '../support/index-world.ts';
import { writeLargeTree } from '../support/large-tree.ts';

const FILES = Number(process.argv[2] ?? 50_000);
const ROUNDS = 7;
const LIMIT = 1.3;
const REPORT = path.resolve(import.meta.dirname, '../../out/bench/unchanged.json');

const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
try {
  console.log(`Writing ${FILES} files and indexing them once …`);
  const folder = path.join(directory, 'tree');
  const repository = new GitRepository(folder);
  writeLargeTree(folder, FILES);
  repository.commit();
  const provider = new FakeProvider({ limits: { maxItems: 1000, maxTokens: 1_000_000 } });
  const world = await IndexWorld.open({
    cacheDir: path.join(directory, 'cache'),
    folder,
    provider,
  });
  try {
    const first = await world.run();
    console.log(
      `  ${first.files.indexed} files, ${first.chunks.total} chunks: ${first.seconds.toFixed(1)} s`,
    );
    await measure(world, folder);
  } finally {
    await world.close();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function measure(world: IndexWorld, folder: string): Promise<void> {
  const rounds: { git: number; ours: number; lag: number }[] = [];
  world.forget();
  for (let round = 0; round < ROUNDS; round++) {
    const git = await timeOf(() => {
      execFileSync('git', ['-C', folder, 'ls-files', '-s', '-z'], { maxBuffer: 1 << 30 });
      execFileSync('git', ['-C', folder, 'status', '--porcelain', '-z', '-uall'], {
        maxBuffer: 1 << 30,
        env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
      });
    });
    let unchanged = 0;
    const lag = longestLag();
    const ours = await timeOf(async () => {
      unchanged = (await world.run()).files.unchanged;
    });
    if (unchanged !== FILES) throw new Error(`${unchanged} of ${FILES} files were unchanged`);
    rounds.push({ git, ours, lag: lag() });
  }
  const { git, ours } = {
    git: middle(rounds.map((round) => round.git)),
    ours: middle(rounds.map((round) => round.ours)),
  };
  const ratio = middle(rounds.map((round) => round.ours / round.git));
  const result = {
    files: FILES,
    gitMs: Math.round(git),
    oursMs: Math.round(ours),
    ratio: Number(ratio.toFixed(2)),
    limit: LIMIT,
    longestLagMs: Math.round(Math.max(...rounds.map((round) => round.lag))),
    filesRead: world.read.length,
    textsSent: world.provider.asked.length,
  };
  console.table([result]);
  const ok = ratio <= LIMIT && result.filesRead === 0 && result.textsSent === 0;
  console.log(ok ? 'within the limit' : 'NOT within the limit');
  await mkdir(path.dirname(REPORT), { recursive: true });
  await writeFile(REPORT, JSON.stringify({ ...result, rounds }, null, 2));
  if (!ok) process.exitCode = 1;
}

async function timeOf(work: () => void | Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The longest time the event loop was held until it is called, milliseconds. */
function longestLag(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 5);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
