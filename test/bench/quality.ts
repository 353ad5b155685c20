// How well search answers judged questions: grep, words, vectors, both fused, then ranked, and the
// ranking without each of its signals. Real repositories are indexed as a user would index them;
// single functions go through the library, a chunk each. `npm run bench -- quality [SET…]`.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { grepOver } from './quality/grep-order.ts';
import { indexSet } from './quality/indexed-set.ts';
import { judgedSets, type JudgedSet } from './quality/judged-set.ts';
import { type Measures, measuresOf } from './quality/measures.ts';
import { type MeasuredSet, printRows, type Row, rowsOf } from './quality/quality-table.ts';
import { remembered } from './quality/remembered.ts';
import { WAYS } from './quality/ways.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/bench');
const REPORT = path.resolve(import.meta.dirname, '../../out/bench/quality.json');
const NDCG_LIMIT = 0.92;

const wanted = process.argv.slice(2);
const sets = (await judgedSets(DATA)).filter(
  ({ name }) => wanted.length === 0 || wanted.includes(name),
);
if (sets.length === 0) {
  console.log(`skipped: no judged sets in ${DATA}`);
} else {
  const measured: MeasuredSet[] = [];
  for (const set of sets) measured.push({ set, byWay: await measure(set) });
  const ways = WAYS.map(({ name }) => name);
  const rows = rowsOf(measured, ways);
  printRows(rows, ways);
  console.log();
  for (const line of limitsOf(rows)) console.log(line);
  await mkdir(path.dirname(REPORT), { recursive: true });
  await writeFile(REPORT, JSON.stringify(rows, null, 2));
}

/** Measures of each query, by way. */
async function measure(set: JudgedSet): Promise<Map<string, Measures[]>> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'embeddingcache-bench-')));
  try {
    const indexed = await indexSet(set, directory);
    try {
      const grep = grepOver(set.texts);
      const asked = { ...indexed, reader: remembered(indexed.reader) };
      const byWay = new Map<string, Measures[]>();
      for (const way of WAYS) {
        const measures: Measures[] = [];
        for (const { text, grades } of set.queries) {
          measures.push(measuresOf(await way.order(text, asked, grep), grades));
        }
        byWay.set(way.name, measures);
      }
      return byWay;
    } finally {
      await indexed.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What must hold, and whether it does. */
function limitsOf(rows: readonly Row[]): string[] {
  const lines: string[] = [];
  const check = (what: string, ours: number, limit: number): void => {
    const verdict = ours >= limit ? 'held' : 'MISSED';
    lines.push(`${verdict.padEnd(8)}${what}: ${ours.toFixed(3)}, at least ${limit.toFixed(3)}`);
  };
  for (const { group, name, figures } of rows) {
    const figure = (way: string): number => figures[way]!;
    if (group === 'repository')
      check(`${name} ranked against BM25`, figure('ranked'), figure('BM25'));
    if (name !== 'NDCG@10') continue;
    if (group === 'repositories') check('repositories ranked', figure('ranked'), NDCG_LIMIT);
    else check(`${group} fused`, figure('fused'), Math.max(figure('BM25'), figure('vectors')));
  }
  return lines;
}
