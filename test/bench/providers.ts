// What a storm costs: `npm run bench -- providers [TEXTS] [SEED]`. Every provider whose model says how
// long a text may be goes through the same embedder; two stand for them, one of each kind of limit.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runStorm } from '../support/storm.ts';
import { Figures } from './report/figures.ts';

const [texts = '10000', seed = String(Date.now() % 1e9)] = process.argv.slice(2);
const figures = new Figures('providers');
console.log(
  `${texts} texts, each hundredth too long. Of 100 requests: 3 × 429, 3 × 500, 2 resets, 8 slow bodies. Seed ${seed}`,
);
for (const [kind, model, what] of [
  ['cohere', 'embed-english-v3.0', 'cohere: 96 texts a request'],
  ['mistral', 'mistral-embed', 'mistral: 16,384 tokens a request'],
] as const) {
  const directory = await mkdtemp(path.join(tmpdir(), 'storm-'));
  const options = { kind, model, texts: Number(texts), seed: Number(seed), directory };
  const result = await runStorm(options).finally(() => rm(directory, { recursive: true }));
  const { embedded, listed, wrong, split, paidTwice, requests, minimum, seconds } = result;
  figures.add(what, 'texts embedded', embedded);
  figures.add(what, 'texts neither embedded nor listed', Number(texts) - embedded - listed, {
    atMost: 0,
  });
  figures.add(what, 'wrong vectors', wrong, { atMost: 0 });
  figures.add(what, 'texts split', split);
  figures.add(what, 'texts paid for twice', paidTwice, { atMost: 0 });
  for (const [fault, count] of Object.entries(result.faults)) {
    figures.add(what, `requests that met ${fault}`, count);
  }
  figures.add(what, 'requests', requests);
  figures.add(what, 'the fewest that the limits allow', minimum);
  figures.add(what, 'requests over the fewest', requests / minimum, { atMost: 1.2 });
  figures.add(what, 'seconds', seconds);
}
await figures.write();
