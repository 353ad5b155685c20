// What a lookup costs when every text is known: `npm run bench -- cache [ROWS…]`, by default 10,000,
// 100,000 and 1,000,000 rows of 384 numbers (the last takes about 12 GB in the temporary folder and
// twenty minutes). What is measured beside each other answers random batches of 1,000 texts in turn.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OpenContestant } from './cache/contestant.ts';
import { keyv } from './cache/keyv.ts';
import { langChain } from './cache/langchain.ts';
import { lmdb } from './cache/lmdb.ts';
import { ours } from './cache/ours.ts';
import { fillRacer, fillSeed, SEED, type Racer } from './cache/racer.ts';
import { rawLoop, rawLoopInTransaction } from './cache/raw-loop.ts';
import { randomRows, textOf } from './cache/sample.ts';

const REPORT = path.resolve(import.meta.dirname, '../../out/bench/cache.json');
/** Each alone beside the raw loop: files that memory cannot hold would measure the disk. */
const BASELINES = [
  ...[rawLoopInTransaction, lmdb, keyv, langChain].map(
    (contestant) => (rows: number) => fillRacer(contestant, rows),
  ),
  fillSeed,
];
const BATCH = 1000;
const ROUNDS = 30;
/** Not counted: code is compiled, pages are read for the first time. */
const WARM_UP = 5;
/** A larger cache is compared with one of this size in the same rounds. */
const SMALL = 100_000;
const OURS_SMALL = 'ours with 100,000 rows';
const AGAINST_RAW = 1.3;
const AGAINST_SMALL = 1.5;
const LAG_MS = 100;

interface Measured {
  readonly rows: number;
  /** By name, median microseconds per text, and that against the raw loop's in the same rounds. */
  readonly times: Readonly<Record<string, Time>>;
  /** Of the event loop while one call looks 50,000 texts up. */
  readonly lagMs: { readonly p99: number; readonly max: number };
}

interface Time {
  readonly microseconds: number;
  readonly againstRaw: number;
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
for (const line of measured.flatMap(limitsOf)) console.log(line);
mkdirSync(path.dirname(REPORT), { recursive: true });
writeFileSync(REPORT, JSON.stringify(measured, null, 2));

async function measure(rows: number): Promise<Measured> {
  await using raw = await fillRacer(rawLoop, rows);
  const { times, lagMs } = await measureOurs(raw, rows);
  for (const fillBaseline of BASELINES) {
    await using baseline = await fillBaseline(rows);
    if (!baseline) continue;
    const { [baseline.name]: time } = await race([raw, baseline]);
    times[baseline.name] = time!;
  }
  return { rows, times, lagMs };
}

async function measureOurs(raw: Racer, rows: number) {
  await using own = await fillRacer(ours, rows);
  await using small = rows > SMALL ? await fillRacer(ours, SMALL, OURS_SMALL) : null;
  const times = await race([own, ...(small ? [small] : []), raw]);
  return { times, lagMs: await lagOf(own.opened, rows) };
}

async function race(racers: readonly Racer[]): Promise<Record<string, Time>> {
  const rows = Math.max(...racers.map((racer) => racer.rows));
  console.error(`looking up ${(WARM_UP + ROUNDS) * BATCH} texts of ${rows.toLocaleString('en')}`);
  const all = new Map<string, number[]>();
  const random = randomRows(rows);
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const batch = Array.from({ length: BATCH }, () => random.next().value);
    // Not always the same first: whoever comes first warms the pages of the texts' hashes.
    const order = racers.map((_, i) => racers[(i + round) % racers.length]!);
    for (const racer of order) {
      const took = await racer.microseconds(batch.map((row) => row % racer.rows));
      if (round >= WARM_UP) all.set(racer.name, [...(all.get(racer.name) ?? []), took]);
    }
  }
  const raw = median(all.get(rawLoop.name)!);
  const times = [...all].map(([name, took]) => {
    const microseconds = median(took);
    return [name, { microseconds, againstRaw: microseconds / raw }] as const;
  });
  return Object.fromEntries(times);
}

async function lagOf(opened: OpenContestant, rows: number): Promise<Measured['lagMs']> {
  const random = randomRows(rows);
  const texts = Array.from({ length: 50_000 }, () => textOf(random.next().value));
  globalThis.gc?.();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await opened.get(texts.slice(0, BATCH));
  delay.enable();
  await opened.get(texts);
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function print({ rows, times, lagMs }: Measured): void {
  console.log(`\n${rows.toLocaleString('en')} rows`.padEnd(40), '  µs/text   × raw loop');
  for (const [name, { microseconds, againstRaw: ratio }] of Object.entries(times)) {
    console.log(
      name.padEnd(40),
      `${microseconds.toFixed(1).padStart(9)}${ratio.toFixed(2).padStart(13)}`,
    );
  }
  if (!times[SEED]) console.log(`${SEED}: skipped, there is no Python with NumPy here`);
  const [p99, max] = [lagMs.p99, lagMs.max].map((ms) => ms.toFixed(1));
  console.log(`event loop while 50,000 are looked up: p99 ${p99} ms, at most ${max} ms late`);
}

/** What must hold, and whether it does. */
function limitsOf({ rows, times, lagMs }: Measured): string[] {
  const line = (what: string, figure: number, limit: number) =>
    `${(figure <= limit ? 'held' : 'MISSED').padEnd(8)}${rows.toLocaleString('en')} rows, ${what}: ${figure.toFixed(2)}, at most ${limit}`;
  const own = times[ours.name]!;
  const small = times[OURS_SMALL];
  return [
    line('against a raw loop', own.againstRaw, AGAINST_RAW),
    ...(small
      ? [line('against 100,000', own.microseconds / small.microseconds, AGAINST_SMALL)]
      : []),
    line('event loop p99 in ms', lagMs.p99, LAG_MS),
  ];
}
