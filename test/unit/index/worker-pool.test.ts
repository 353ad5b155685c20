import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createChunker } from '../../../server/src/core/chunks/create-chunker.ts';
import { chunkByLines } from '../../../server/src/core/chunks/line-chunker.ts';
import { readyChunk, readyChunker } from '../../../server/src/core/index/ready-chunk.ts';
import { createPooledChunker } from '../../../server/src/core/index/workers/pooled-chunker.ts';
import { createPooledModel } from '../../../server/src/core/index/workers/pooled-model.ts';
import { poolSizeOf } from '../../../server/src/core/index/workers/pool-size.ts';
import {
  WorkerCrash,
  WorkerPool,
  type WorkerPoolOptions,
} from '../../../server/src/core/index/workers/worker-pool.ts';
import { EmbeddedProvider } from '../../../server/src/core/providers/embedded.ts';
import { INDEX_WORKER } from '../../support/index-worker.ts';
import { MODEL_FILE } from '../../support/provider-deps.ts';
import { GRAMMARS_FOLDER } from '../../support/put-grammars.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const setup = { grammarsFolder: GRAMMARS_FOLDER, modelFile: MODEL_FILE };
const pools: WorkerPool[] = [];

/** Answers a job with its path as a chunk's text; some paths have other effects. */
const SCRIPT = `
  const { parentPort } = require('node:worker_threads');
  let jobs = 0;
  parentPort.on('message', ({ path }) => {
    jobs++;
    if (path === 'ends') process.exit(1);
    if (path === 'throws') throw new Error('thrown');
    if (path === 'hangs') for (;;);
    const answer = () => parentPort.postMessage({ kind: 'done', result: [path === 'jobs' ? jobs : path] });
    setTimeout(answer, path === 'slow' ? 300 : 0);
  });
`;

function poolOf(changes: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const pool = new WorkerPool({ file: INDEX_WORKER, setup, size: 1, gentle: false, ...changes });
  pools.push(pool);
  return pool;
}

function scriptedPool(changes: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const file = path.join(tempDirectory(), 'script.cjs');
  writeFileSync(file, SCRIPT);
  return poolOf({ file, ...changes });
}

const run = (pool: WorkerPool, name: string, signal?: AbortSignal) =>
  pool.run({ kind: 'chunk', path: name, text: '' }, signal);

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('worker threads', () => {
  it('cut files and embed texts exactly as this thread does', async () => {
    const pool = poolOf({ size: 2 });
    const text = `export function one() {\n${'  step();\n'.repeat(9)}}\n`;
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const cut = await createPooledChunker(pool, logger).chunk('a.ts', text);
    expect(cut).toEqual(await readyChunker(createChunker(GRAMMARS_FOLDER)).chunk('a.ts', text));
    const model = new EmbeddedProvider(MODEL_FILE);
    const { signal } = new AbortController();
    const texts = [text, 'retry a request', '§'];
    const embedded = await createPooledModel(model, pool).embed(texts, signal);
    expect(embedded).toEqual(await model.embed(texts, signal));
    const vectors = embedded.outcomes.flatMap((each) => ('vector' in each ? [each.vector] : []));
    // One buffer, that changed hands.
    expect([vectors.length, new Set(vectors.map(({ buffer }) => buffer)).size]).toEqual([2, 1]);
  });

  it.each(['ends', 'throws'])(
    'a job that %s its worker is tried twice, and others go on',
    async (name) => {
      const pool = scriptedPool();
      const poison = run(pool, name);
      const others = ['a', 'b', 'c'].map((each) => run(pool, each));
      await expect(poison).rejects.toThrow(WorkerCrash);
      expect(await Promise.all(others)).toEqual([['a'], ['b'], ['c']]);
    },
  );

  it('a job that hangs is ended', async () => {
    const pool = scriptedPool({ jobTimeoutMs: 3000 });
    const hung = run(pool, 'hangs');
    const other = run(pool, 'a');
    await expect(hung).rejects.toThrow(WorkerCrash);
    expect(await other).toEqual(['a']);
  });

  it('who gives up does not wait, for what runs or for what waits', async () => {
    const pool = scriptedPool();
    const controller = new AbortController();
    const jobs = ['slow', 'slow', 'slow'].map((name) => run(pool, name, controller.signal));
    controller.abort(new Error('no longer wanted'));
    for (const job of jobs) await expect(job).rejects.toThrow('no longer wanted');
    // The first runs to its end; those that waited never reach the worker.
    expect(await run(pool, 'jobs')).toEqual([2]);
  });

  it('a file that ends its worker twice is cut by lines, and said so', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const chunker = createPooledChunker(scriptedPool(), {
      debug: fail,
      info: fail,
      warn,
      error: fail,
    });
    const text = 'first\n\nsecond\n';
    expect(await chunker.chunk('ends', text)).toEqual(
      chunkByLines(text).map((chunk) => readyChunk(chunk)),
    );
    expect(warnings).toHaveLength(1);
  });

  it('are as many as the effort allows', () => {
    expect((['low', 'normal', 'full'] as const).map((effort) => poolSizeOf(effort, 8))).toEqual([
      1, 4, 8,
    ]);
    expect((['low', 'normal', 'full'] as const).map((effort) => poolSizeOf(effort, 1))).toEqual([
      1, 1, 1,
    ]);
  });
});

function fail(message: string): void {
  throw new Error(`unexpectedly logged: ${message}`);
}
