// What a storm costs: `npm run bench -- providers [TEXTS] [SEEDS] [FIRST SEED]`. Every provider whose
// model says how long a text may be goes through the same embedder; two stand for them, one of each
// kind of limit.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runStorm, type StormResult } from '../support/storm.ts';
import { Figures, median, type Limit } from './report/figures.ts';

const [texts = 10_000, seeds = 10, first = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const figures = new Figures('providers');
console.log(
  `${texts} texts, each hundredth too long. Of 100 requests: 3 × 429, 3 × 500, 2 resets, 8 slow bodies. Seeds ${first} to ${first + seeds - 1}`,
);
for (const [kind, model, what] of [
  ['cohere', 'embed-english-v3.0', 'cohere: 96 texts a request'],
  ['mistral', 'mistral-embed', 'mistral: 128 texts and 16,384 tokens a request'],
] as const) {
  const results: StormResult[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    const directory = await mkdtemp(path.join(tmpdir(), 'storm-'));
    const storm = runStorm({ kind, model, texts, seed, directory });
    results.push(await storm.finally(() => rm(directory, { recursive: true })));
  }
  const add = (name: string, figure: number, limit?: Limit) => {
    figures.add(what, name, figure, limit);
  };
  const sum = (of: (result: StormResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const middle = (of: (result: StormResult) => number) => median(results.map(of));
  const none = { atMost: 0 };
  add(
    'texts embedded',
    sum(({ embedded }) => embedded),
  );
  add(
    'texts neither embedded nor listed',
    sum((run) => texts - run.embedded - run.listed),
    none,
  );
  add(
    'wrong vectors',
    sum(({ wrong }) => wrong),
    none,
  );
  add(
    'texts split',
    sum(({ split }) => split),
  );
  add(
    'texts paid for twice',
    sum(({ paidTwice }) => paidTwice),
    none,
  );
  for (const fault of new Set(results.flatMap(({ faults }) => Object.keys(faults)))) {
    add(
      `requests that met ${fault}`,
      sum(({ faults }) => faults[fault] ?? 0),
    );
  }
  add(
    'the fewest that the limits allow, median',
    middle(({ minimum }) => minimum),
  );
  add(
    'requests, median',
    middle(({ requests }) => requests),
  );
  const ratios = results.map(({ requests, minimum }) => requests / minimum);
  add('requests over the fewest, least', Math.min(...ratios));
  add('requests over the fewest, median', median(ratios));
  add('requests over the fewest, most', Math.max(...ratios), { atMost: 1.2 });
  add(
    'seconds, median',
    middle(({ seconds }) => seconds),
  );
}
await figures.write();
