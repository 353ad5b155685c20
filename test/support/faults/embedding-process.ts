import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { oncePerCause } from '../../../server/src/core/cache/once-per-cause.ts';
import { createEmbedder } from '../../../server/src/core/embed/embedder.ts';
import { openLedger } from '../../../server/src/core/usage/ledger.ts';
import { FakeProvider, fakeVector } from '../fake-provider.ts';
import { openGate } from '../open-gate.ts';
import type { EmbeddingTask, EmbeddingReport } from './embedding-task.ts';
import { EventLoopLag } from './event-loop-lag.ts';

// A process that embeds texts through the cache as the product does, and checks every vector it is
// given. Started by `run-embedding.ts`; a line `ack N` follows each batch, the report ends it.

const task = JSON.parse(process.argv[2]!) as EmbeddingTask;
const lag = new EventLoopLag();

const problems: string[] = [];
const onProblem = oncePerCause(({ kind }) => {
  problems.push(kind);
});
const cache = await openCache({ directory: task.directory, storeText: true, onProblem });
const ledger = await openLedger(path.join(task.directory, 'usage.db'), {
  now: () => new Date(),
  onProblem,
  onWriteFailed: () => undefined,
});
const provider = new FakeProvider({
  model: task.model,
  dimensions: task.dimensions,
  onBatch: () => delay(task.answerMs),
  limits: { maxItems: task.batch, maxTokens: 1_000_000 },
});
const shard = await cache.shard(provider.space);
const gate = openGate(provider);
const embedder = createEmbedder({
  provider,
  gate,
  shard,
  texts: cache.texts,
  claims: cache.claims,
  ledger,
});
const { signal } = new AbortController();

const stop = new AbortController();
process.stdin.on('data', () => {
  stop.abort();
});
let wrong = 0;
let done = task.start;
do {
  for (const end = done + task.count; done < end; done += task.batch) {
    const texts = Array.from({ length: task.batch }, (_, i) => `text ${done + i}`);
    const { outcomes } = await embedder.embedMany(texts, { signal });
    outcomes.forEach((outcome, i) => {
      const right = fakeVector(provider.space, texts[i]!);
      const same = 'vector' in outcome && bytesOf(outcome.vector).equals(bytesOf(right));
      if (!same) wrong++;
    });
    await say(`ack ${done}`);
    if (task.pauseMs > 0) await delay(task.pauseMs);
  }
} while (task.untilStopped && !stop.signal.aborted);
await ledger.close();
await cache.close();
const report: EmbeddingReport = {
  wrong,
  problems,
  requests: provider.requests,
  asked: provider.asked.length,
  askedAgain: provider.asked.length - new Set(provider.asked).size,
  lagP99Ms: lag.p99Ms(),
  rssMb: process.memoryUsage().rss / 2 ** 20,
};
await say(JSON.stringify(report));
process.stdin.destroy();

function bytesOf(vector: Float32Array | Float64Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

async function say(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
