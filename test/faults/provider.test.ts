import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderDeps } from '../../server/src/core/providers/create-provider.ts';
import type {
  EmbeddingProvider,
  ProviderAnswer,
} from '../../server/src/core/providers/provider.ts';
import type { LimitMemory } from '../../server/src/core/providers/remote/limit-memory.ts';
import { standardTiming, type Timing } from '../../server/src/core/providers/remote/timing.ts';
import { CANARY, filesHolding, holdsCanary } from '../support/canary.ts';
import { expectedVector } from '../support/expected-vector.ts';
import { KeptCalls } from '../support/kept-calls.ts';
import { InstantClock } from '../support/provider-deps.ts';
import {
  startProviderServer,
  type ProviderServer,
  type ProviderServerOptions,
  type Script,
  type ServerItem,
} from '../support/provider-server.ts';
import { openOn, REMOTE_KINDS } from '../support/remote-kinds.ts';

const { signal } = new AbortController();
const texts = (count: number) => Array.from({ length: count }, (_, i) => `text number ${i}`);
const LONGEST = 'long line of words\n'.repeat(400);

describe.each(REMOTE_KINDS)('faults of $kind', (remote) => {
  const { kind, wire, config } = remote;
  let server: ProviderServer;
  let clock: InstantClock;
  /** All that a run says or keeps, to be searched for the key. */
  let said: unknown[];
  let limitMemory: LimitMemory;
  /** One cache directory for all that these calls leave on disk. */
  let kept: KeptCalls;

  beforeAll(() => {
    kept = new KeptCalls(mkdtempSync(path.join(tmpdir(), 'faults-')));
  });

  afterAll(async () => {
    await kept.close();
    // Texts are there, so a key would be found, too.
    expect(filesHolding(kept.directory, 'text number 3')).not.toEqual([]);
    expect(filesHolding(kept.directory, CANARY)).toEqual([]);
    rmSync(kept.directory, { recursive: true });
  });

  beforeEach(async () => {
    server = await startProviderServer(wire, { apiKey: CANARY });
    clock = new InstantClock();
    said = [];
    limitMemory = kept.limitMemory();
  });

  afterEach(async () => {
    // Whatever went wrong: the key went out in one header, and nowhere else.
    for (const { headers, path, body } of server.requests) {
      expect(Object.values(headers).filter((value) => holdsCanary(String(value)))).toHaveLength(1);
      expect(holdsCanary(path + JSON.stringify(body))).toBe(false);
    }
    expect(holdsCanary(inspect(said, { depth: null, showHidden: true }))).toBe(false);
    await server.close();
    expect(filesHolding(kept.directory, CANARY)).toEqual([]);
  });

  async function open(
    timing: Partial<Timing> = {},
    deps: Partial<ProviderDeps> = {},
  ): Promise<EmbeddingProvider> {
    const log = (line: string) => void said.push(line);
    const { document } = await openOn(server, remote, {
      timing: { clock, ...timing },
      deps: {
        apiKeyOf: () => CANARY,
        logger: { debug: log, info: log, warn: log, error: log },
        limitMemory,
        ...deps,
      },
    });
    server.forget();
    return kept.keep(document);
  }

  async function restart(options: ProviderServerOptions): Promise<void> {
    await server.close();
    server = await startProviderServer(wire, { apiKey: CANARY, ...options });
  }

  /** The failure of a call that must fail. */
  async function failureOf(call: Promise<ProviderAnswer>): Promise<unknown> {
    const error = await call.then(
      (answer) => new Error(`answered ${inspect(answer.outcomes[0])}`),
      (thrown: unknown) => thrown,
    );
    said.push(error);
    return error;
  }

  function expectRight({ outcomes }: ProviderAnswer, provider: EmbeddingProvider, asked: string[]) {
    const { model, prefix, dimensions } = provider.space;
    const name = server.requests[0]?.model ?? model;
    asked.forEach((text, i) => {
      const outcome = outcomes[i];
      if (outcome?.kind !== 'vector') throw new Error(inspect(outcome));
      const right = expectedVector(prefix + text, name, dimensions);
      for (const [d, x] of outcome.vector.entries()) expect(x).toBeCloseTo(right[d]!, 5);
    });
    expect(outcomes).toHaveLength(asked.length);
  }

  it.each([401, 403])('B1: asks once after %i, and keeps nothing of the key', async (status) => {
    const provider = await open();
    server.otherwise({ kind: 'status', status, message: `bad key ${CANARY}`, code: CANARY });
    const error = await failureOf(provider.embed(['a', 'b'], signal));
    expect(error).toMatchObject({ kind: 'apiKeyRefused', status });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['retry-after', '2', 2_250],
    ['retry-after', 'Thu, 01 Jan 1970 00:00:03 GMT', 3_250],
    ['retry-after-ms', '1500', 1_750],
    ['retry-after', '-5', 250],
    ['retry-after', '1000000000', 60_250],
    ['retry-after', 'Fri, 01 Jan 2999 00:00:00 GMT', 60_250],
    ['retry-after', '1e9', 375],
    ['retry-after', 'wait 5', 375],
  ])('B2: waits after 429 with %s: %s', async (name, value, waitMs) => {
    const provider = await open();
    server.script({ kind: 'status', status: 429, headers: { [name]: value } });
    expectRight(await provider.embed(['a'], signal), provider, ['a']);
    expect(clock.sleeps).toEqual([waitMs]);
    expect(server.requests).toHaveLength(2);
  });

  it('B3: does not ask again where the credit is used up', async () => {
    const provider = await open();
    server.otherwise({ kind: 'status', status: 402, message: CANARY });
    expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({ kind: 'quotaExceeded' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 502, 503, 529])('B4: bears a storm of %i, and recovers', async (status) => {
    const provider = await open();
    server.otherwise({ kind: 'status', status, message: CANARY });
    const failed = await failureOf(provider.embed(['a'], signal));
    expect(failed).toMatchObject({ kind: 'unreachable', status });
    await failureOf(provider.embed(['a'], signal));
    const asked = server.requests.length;
    expect(asked).toBeLessThanOrEqual(12);
    // By now it rests: nobody asks until it is time.
    expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('keeps failing') as string,
    });
    expect(server.requests).toHaveLength(asked);
    clock.nowMs += 61_000;
    server.otherwise(null);
    expectRight(await provider.embed(['a'], signal), provider, ['a']);
  });

  it.each<[string, Script]>([
    ['B5: silence', { kind: 'hold' }],
    ['B6: an answer byte by byte', { kind: 'drip', ms: 20 }],
  ])('%s ends at the deadline', async (_, script) => {
    const provider = await open({
      deadlineMs: 80,
      retry: { ...standardTiming.retry, attempts: 2 },
    });
    server.otherwise(script);
    const started = performance.now();
    expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('did not answer in time') as string,
    });
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Script]>([
    ['a reset', { kind: 'reset' }],
    ['a reset in the body', { kind: 'reset', midBody: true }],
    [
      'half a gzip body',
      {
        kind: 'raw',
        body: gzipSync('{"data":[').subarray(0, 14),
        headers: { 'content-encoding': 'gzip' },
      },
    ],
    ['JSON cut short', { kind: 'raw', body: '{"data":[{"embedding":[0.1' }],
    ['NaN', { kind: 'spoil', change: (items) => void (items[0]!.embedding = ['@NaN']) }],
  ])('B7, B8: asks again after %s, and stores nothing of it', async (_, script) => {
    const provider = await open();
    server.script(script);
    expectRight(await provider.embed(['a'], signal), provider, ['a']);
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Script]>([
    [
      'a web page',
      { kind: 'raw', body: `<html>${CANARY}`, headers: { 'content-type': 'text/html' } },
    ],
    ['nothing', { kind: 'raw', body: '' }],
    ['other JSON', { kind: 'raw', body: JSON.stringify({ hello: CANARY }) }],
  ])('B8: takes %s for no answer', async (_, script) => {
    const provider = await open();
    server.otherwise(script);
    expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({ kind: 'badAnswer' });
  });

  it('B8: reads an answer behind a byte-order mark', async () => {
    const provider = await open();
    server.script({ kind: 'bom' });
    expectRight(await provider.embed(['a', 'b'], signal), provider, ['a', 'b']);
  });

  it.each<[string, (items: ServerItem[]) => void]>([
    ['too few', (items) => void items.pop()],
    ['too many', (items) => void items.push({ ...items[0]! })],
  ])('B9: uses none of %s vectors, and asks for fewer', async (_, change) => {
    const provider = await open();
    server.script({ kind: 'spoil', change });
    expectRight(await provider.embed(texts(4), signal), provider, texts(4));
  });

  if (['openai', 'azureOpenai', 'openaiCompatible', 'voyage', 'mistral', 'jina'].includes(kind)) {
    it('B9: places shuffled vectors by their index, and refuses an index given twice', async () => {
      const provider = await open();
      server.script({ kind: 'spoil', change: (items) => void items.reverse() });
      expectRight(await provider.embed(texts(4), signal), provider, texts(4));
      expect(server.requests).toHaveLength(1);
      server.script({ kind: 'spoil', change: (items) => void (items[1]!.index = 0) });
      expectRight(await provider.embed(texts(4), signal), provider, texts(4));
    });

    it('B21: uses no vector of another model than before', async () => {
      const provider = await open();
      expectRight(await provider.embed(['a'], signal), provider, ['a']);
      server.otherwise({ kind: 'model', model: 'another-model' });
      expect(await failureOf(provider.embed(['b'], signal))).toMatchObject({
        kind: 'badAnswer',
        message: expect.stringContaining('another-model') as string,
      });
      // A later process knows as well.
      expect(await failureOf((await open()).embed(['b'], signal))).toMatchObject({
        kind: 'badAnswer',
      });
    });
  }

  it.each(['float', 'base64'] as const)(
    'B10: reads %s whatever was asked for',
    async (encoding) => {
      await restart({ encoding });
      const provider = await open();
      expectRight(await provider.embed(texts(3), signal), provider, texts(3));
    },
  );

  it('B11: asks alone for the one vector of the wrong length', async () => {
    const provider = await open();
    server.script({
      kind: 'spoil',
      change: (items) => void (items[7]!.embedding as number[]).pop(),
    });
    expectRight(await provider.embed(texts(20), signal), provider, texts(20));
    expect(server.requests.map(({ texts: asked }) => asked.length)).toEqual([20, 1]);
  });

  it.each<[string, unknown]>([
    ['1e400', '@1e400'],
    ['null', null],
    ['1e39', 1e39],
  ])('B12: refuses a vector with %s in it, and keeps its neighbours', async (_, bad) => {
    const provider = await open();
    server.otherwise({
      kind: 'spoil',
      change: (items) => {
        const wrong = items.length === 1 ? 0 : 1;
        items[wrong]!.embedding = [bad, ...(items[wrong]!.embedding as number[]).slice(1)];
      },
    });
    const { outcomes } = await provider.embed(texts(4), signal);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([
      'vector',
      'failed',
      'vector',
      'vector',
    ]);
  });

  it('B12: refuses a vector of zeros', async () => {
    const provider = await open();
    server.otherwise({
      kind: 'spoil',
      change: (items) => void (items.at(-1)!.embedding as number[]).fill(0),
    });
    const { outcomes } = await provider.embed(texts(4), signal);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([
      'vector',
      'vector',
      'vector',
      'failed',
    ]);
  });

  it('B13: fails one refused text alone, in at most 16 more requests', async () => {
    const bad = 'text number 17';
    await restart({ refuses: (text) => text.endsWith(bad), refusal: `Not this: ${CANARY}` });
    const provider = await open();
    const all = texts(Math.min(100, provider.limits.maxItems));
    const { outcomes } = await provider.embed(all, signal);
    said.push(outcomes);
    expect(outcomes.map(({ kind: found }) => found)).toEqual(
      all.map((text) => (text === bad ? 'failed' : 'vector')),
    );
    expect(server.requests.length).toBeLessThanOrEqual(17);
  });

  it('B13: splits a text that the endpoint finds too long, and says so', async () => {
    // Half of it is fine.
    await restart({ refuses: (text) => text.length > 4_000 });
    const provider = await open();
    const { outcomes } = await provider.embed(['a', LONGEST, 'b'], signal);
    expect(outcomes.map((outcome) => outcome.kind === 'vector' && outcome.shortened)).toEqual([
      undefined,
      'split',
      undefined,
    ]);
    expect(said.join()).toContain('longer than');
  });

  it.each([10, 32])('B14: learns that %i texts is the most, for good', async (most) => {
    await restart({
      limit: ({ texts: asked }) =>
        asked.length > most
          ? { status: 422, message: `batch size ${asked.length} > maximum allowed ${most}` }
          : null,
    });
    const provider = await open();
    const all = texts(Math.min(64, provider.limits.maxItems + 1));
    expectRight(await provider.embed(all, signal), provider, all);
    expect(provider.limits.maxItems).toBe(Math.min(most, provider.limits.maxItems));
    const again = await open();
    expect(again.limits.maxItems).toBe(provider.limits.maxItems);
    await again.embed(texts(again.limits.maxItems), signal);
    expect(server.requests).toHaveLength(1);
  });

  it('B14: learns a limit of bytes from 413, which names none', async () => {
    await restart({
      limit: ({ body }) =>
        JSON.stringify(body).length > 4_000 ? { status: 413, message: 'Payload Too Large' } : null,
    });
    const provider = await open();
    const all = texts(Math.min(64, provider.limits.maxItems)).map((text) => text + 'x'.repeat(200));
    expectRight(await provider.embed(all, signal), provider, all);
    expect(provider.limits.maxBytes).toBeLessThan(4_000);
  });

  it('B15: sends no empty text', async () => {
    const provider = await open();
    await provider.embed(['', ' \n\t '], signal);
    expect(server.requests).toEqual([]);
  });

  it('B16: closes the connection at once when it is cancelled', async () => {
    const provider = await open();
    const closedAfterMs: number[] = [];
    // The machine may be busy at one moment; not at each of ten.
    for (let i = 0; i < 10 && !closedAfterMs.some((ms) => ms < 100); i++) {
      server.otherwise({ kind: 'hold' });
      const aborting = new AbortController();
      const call = failureOf(provider.embed(['a'], aborting.signal));
      await server.waitForRequests(i + 1);
      const started = performance.now();
      aborting.abort();
      expect(await call).toMatchObject({ name: 'AbortError' });
      await expect.poll(() => server.hungUp, { interval: 5, timeout: 30_000 }).toBe(i + 1);
      closedAfterMs.push(performance.now() - started);
    }
    expect(Math.min(...closedAfterMs)).toBeLessThan(100);
  });

  it('B18: follows no redirect: the other server gets no byte', async () => {
    const provider = await open();
    const other = await startProviderServer(wire);
    try {
      const location = `${other.origin}${wire.basePath}/embeddings`;
      server.otherwise({ kind: 'status', status: 307, headers: { location } });
      expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({ kind: 'badSettings' });
      expect(server.requests).toHaveLength(1);
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('B20: says at once that there is no such model any more, and goes on when it is back', async () => {
    const provider = await open();
    expectRight(await provider.embed(['a'], signal), provider, ['a']);
    server.script({ kind: 'status', status: 404, message: `no model ${CANARY}` });
    expect(await failureOf(provider.embed(['b'], signal))).toMatchObject({ kind: 'notFound' });
    expect(server.requests).toHaveLength(2);
    expectRight(await provider.embed(['b'], signal), provider, ['b']);
  });

  it('S5: refuses plain http to any other computer, and an address with a secret in it', async () => {
    for (const baseUrl of ['http://example.com', `https://user:${CANARY}@example.com`]) {
      const opening = openOn({ baseUrl }, { kind, config }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const error = await opening;
      said.push(error);
      expect(error).toMatchObject({ kind: 'badSettings' });
    }
  });

  it('S25: cuts off an answer that unpacks to more than 64 MB', async () => {
    const provider = await open();
    const body = gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '));
    server.otherwise({ kind: 'raw', body, headers: { 'content-encoding': 'gzip' } });
    expect(await failureOf(provider.embed(['a'], signal))).toMatchObject({ kind: 'badAnswer' });
  });
});
