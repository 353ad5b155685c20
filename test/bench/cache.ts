// What a lookup costs when every text is known: `npm run bench -- cache [ROWS…]`, by default 10,000,
// 100,000 and 1,000,000 rows of 384 numbers (the last takes about 30 GB in the temporary folder and
// half an hour). All contestants answer the same random batches of 1,000 texts in turn.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OpenContestant } from './cache/contestant.ts';
import { fill } from './cache/filling.ts';
import { keyv } from './cache/keyv.ts';
import { langChain } from './cache/langchain.ts';
import { lmdb } from './cache/lmdb.ts';
import { ours } from './cache/ours.ts';
import { startPythonSeed } from './cache/python-seed.ts';
import { rawLoop, rawLoopInTransaction } from './cache/raw-loop.ts';
import { randomRows, textOf, vectorOf } from './cache/sample.ts';

const REPORT = path.resolve(import.meta.dirname, '../../out/bench/cache.json');
const CONTESTANTS = [ours, rawLoop, rawLoopInTransaction, lmdb, keyv, langChain];
const SEED = 'Python seed’s algorithm';
const BATCH = 1000;
const ROUNDS = 30;
/** Not counted: code is compiled, pages are read for the first time. */
const WARM_UP = 5;
const AGAINST_RAW = 1.3;
const MILLION_AGAINST_100K = 1.5;
const LAG_MS = 100;

interface Measured {
  readonly rows: number;
  /** Median microseconds per text, by name; absent where it was not run. */
  readonly microseconds: Readonly<Record<string, number>>;
  /** Of the event loop while one call looks 50,000 texts up. */
  readonly lagMs: { readonly p99: number; readonly max: number };
}

const sizes = process.argv.slice(2).map((arg) => Number(arg.replaceAll(/[,_]/g, '')));
if (sizes.some((size) => !Number.isInteger(size) || size < BATCH)) {
  throw new RangeError(`sizes are whole numbers from ${BATCH}`);
}
const measured: Measured[] = [];
for (const rows of sizes.length > 0 ? sizes : [10_000, 100_000, 1_000_000]) {
  measured.push(await measure(rows));
  print(measured.at(-1)!);
}
console.log();
for (const line of limitsOf(measured)) console.log(line);
mkdirSync(path.dirname(REPORT), { recursive: true });
writeFileSync(REPORT, JSON.stringify(measured, null, 2));

async function measure(rows: number): Promise<Measured> {
  const directory = mkdtempSync(path.join(tmpdir(), 'embeddingcache-bench-'));
  const folderOf = (name: string) => {
    const folder = path.join(directory, name.replaceAll(/\W+/g, '-'));
    mkdirSync(folder);
    return folder;
  };
  const open = new Map<string, OpenContestant>();
  const python = startPythonSeed(folderOf(SEED));
  try {
    for (const contestant of CONTESTANTS) {
      const { name } = contestant;
      const opened = await contestant.open(folderOf(name));
      open.set(name, opened);
      const put = (start: number, count: number): Promise<void> => {
        const batch = Array.from({ length: count }, (_, i) => start + i);
        return opened.put(batch.map(textOf), batch.map(vectorOf));
      };
      await fill({ name, rows, step: 2000, put });
    }
    if (python) {
      const put = (start: number, count: number) => python.populate(start, count);
      await fill({ name: SEED, rows, step: 10_000, put });
    }
    console.error(`looking up ${(WARM_UP + ROUNDS) * BATCH} texts of ${rows.toLocaleString('en')}`);
    const times = new Map<string, number[]>();
    const note = (name: string, microseconds: number) => {
      times.set(name, [...(times.get(name) ?? []), microseconds]);
    };
    const random = randomRows(rows);
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const batch = Array.from({ length: BATCH }, () => random.next().value);
      const texts = batch.map(textOf);
      // Not always the same first: whoever comes first warms the pages of the texts' hashes.
      const order = [...open].map((_, i, all) => all[(i + round) % all.length]!);
      for (const [name, contestant] of order) {
        const startedAt = performance.now();
        const found = await contestant.get(texts);
        const took = ((performance.now() - startedAt) * 1000) / BATCH;
        check(name, found.at(BATCH - 1), batch.at(-1)!);
        if (round >= WARM_UP) note(name, took);
      }
      if (!python) continue;
      const took = await python.microseconds(batch);
      if (round >= WARM_UP) note(SEED, took);
    }
    const medians = [...times].map(([name, all]) => [name, median(all)] as const);
    const lagMs = await lagOf(open.get(ours.name)!, rows);
    return { rows, microseconds: Object.fromEntries(medians), lagMs };
  } finally {
    python?.close();
    for (const contestant of open.values()) await contestant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function check(name: string, found: ArrayLike<number> | undefined, row: number): void {
  const right = vectorOf(row);
  const same =
    found?.length === right.length && right.every((x, i) => Math.abs(x - found[i]!) < 1e-6);
  if (!same) throw new Error(`${name} gave another vector`);
}

async function lagOf(contestant: OpenContestant, rows: number): Promise<Measured['lagMs']> {
  const random = randomRows(rows);
  const texts = Array.from({ length: 50_000 }, () => textOf(random.next().value));
  globalThis.gc?.();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await contestant.get(texts.slice(0, BATCH));
  delay.enable();
  await contestant.get(texts);
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function print({ rows, microseconds, lagMs }: Measured): void {
  const raw = microseconds[rawLoop.name]!;
  console.log(`\n${rows.toLocaleString('en')} rows`.padEnd(40), '  µs/text   × raw loop');
  for (const name of [...CONTESTANTS.map(({ name }) => name), SEED]) {
    const took = microseconds[name];
    const figures =
      took === undefined
        ? 'no Python with NumPy here'
        : `${took.toFixed(1).padStart(9)}${(took / raw).toFixed(2).padStart(13)}`;
    console.log(name.padEnd(40), figures);
  }
  const [p99, max] = [lagMs.p99, lagMs.max].map((ms) => ms.toFixed(1));
  console.log(`event loop while 50,000 are looked up: p99 ${p99} ms, at most ${max} ms late`);
}

/** What must hold, and whether it does. */
function limitsOf(all: readonly Measured[]): string[] {
  const check = (what: string, figure: number, limit: number) =>
    `${(figure <= limit ? 'held' : 'MISSED').padEnd(8)}${what}: ${figure.toFixed(2)}, at most ${limit}`;
  const lines = all.flatMap(({ rows, microseconds, lagMs }) => [
    check(
      `${rows.toLocaleString('en')} rows, against a raw loop`,
      microseconds[ours.name]! / microseconds[rawLoop.name]!,
      AGAINST_RAW,
    ),
    check(`${rows.toLocaleString('en')} rows, event loop p99 in ms`, lagMs.p99, LAG_MS),
  ]);
  const [at100k, at1M] = [100_000, 1_000_000].map((size) => all.find(({ rows }) => rows === size));
  if (!at100k || !at1M) return lines;
  const growth = at1M.microseconds[ours.name]! / at100k.microseconds[ours.name]!;
  return [...lines, check('1,000,000 rows against 100,000', growth, MILLION_AGAINST_100K)];
}
