import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standardTiming } from '../../../server/src/core/providers/remote/timing.ts';
import { expectedVector } from '../../support/expected-vector.ts';
import { startOpenAiServer, type OpenAiServer, type Script } from '../../support/openai-server.ts';
import { InstantClock } from '../../support/provider-deps.ts';
import { openRemote } from '../../support/remote-provider.ts';

const { signal } = new AbortController();
const right = {
  kind: 'vector',
  vector: expectedVector('text', 'text-embedding-3-small', 32),
};

describe('the openai provider, when requests fail', () => {
  let server: OpenAiServer;
  let clock: InstantClock;
  beforeEach(async () => {
    server = await startOpenAiServer();
    clock = new InstantClock();
  });
  afterEach(() => server.close());
  const open = (timing = {}) => openRemote(server.baseUrl, { timing: { clock, ...timing } });

  it.each<[string, Script]>([
    ['408', { kind: 'status', status: 408 }],
    ['409', { kind: 'status', status: 409 }],
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['502', { kind: 'status', status: 502 }],
    ['503', { kind: 'status', status: 503 }],
    ['529', { kind: 'status', status: 529 }],
    ['a broken connection', { kind: 'reset' }],
    ['a connection broken in the body', { kind: 'reset', midBody: true }],
    ['JSON cut short', { kind: 'raw', body: '{"object":"list","data":[{"embed' }],
    ['JSON with NaN', { kind: 'raw', body: '{"data":[{"index":0,"embedding":[NaN]}]}' }],
  ])('asks again after %s', async (_, script) => {
    server.script(script);
    const provider = await open();
    const { outcomes, requests } = await provider.embed(['text'], signal);
    expect(outcomes).toEqual([right]);
    expect(requests).toBe(2);
    expect(clock.sleeps).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    server.script(
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      { kind: 'status', status: 503, headers: { 'retry-after-ms': '1500' } },
      { kind: 'status', status: 429, headers: { 'retry-after': '1000000000' } },
    );
    await (await open()).embed(['text'], signal);
    expect(clock.sleeps).toEqual([7250, 1750, 60_250]);
  });

  it.each([
    [429, 'rateLimited', 'asks to wait (429)'],
    [500, 'unreachable', 'answered 500'],
  ])('gives up on endless %i after 6 requests', async (status, kind, words) => {
    server.otherwise({ kind: 'status', status });
    await expect((await open()).embed(['text'], signal)).rejects.toMatchObject({
      kind,
      status,
      message: expect.stringContaining(words) as string,
    });
    expect(server.requests).toHaveLength(6);
  });

  it.each([
    [401, {}, 'apiKeyRefused', 'refused the API key (401).'],
    [403, {}, 'apiKeyRefused', 'refused the API key (403).'],
    [404, {}, 'notFound', 'answered 404: wrong address, or no such model.'],
    [405, {}, 'notFound', 'answered 405: wrong address, or no such model.'],
    [501, {}, 'notFound', 'answered 501: wrong address, or no such model.'],
    [402, {}, 'quotaExceeded', 'The quota or credit at'],
    [429, { code: 'insufficient_quota' }, 'quotaExceeded', 'The quota or credit at'],
    [418, {}, 'refused', 'answered 418.'],
  ])('does not ask again after %i %j', async (status, error, kind, words) => {
    server.script({ kind: 'status', status, ...error });
    const provider = await open();
    await expect(provider.embed(['text', 'more'], signal)).rejects.toMatchObject({
      name: 'Failure',
      kind,
      status,
      provider: 'openai',
      host: provider.host,
      message: expect.stringContaining(words) as string,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('fails one refused text of a hundred and keeps the others', async () => {
    await server.close();
    server = await startOpenAiServer({
      refuses: (text) => text === 'text 42',
      refusal: 'Not this text.',
    });
    const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
    const provider = await open();
    const { outcomes, requests } = await provider.embed(texts, signal);
    expect(outcomes).toEqual(
      texts.map((text) =>
        text === 'text 42'
          ? { kind: 'failed', reason: `${provider.host} refused the text (400).` }
          : { kind: 'vector', vector: expectedVector(text, 'text-embedding-3-small', 32) },
      ),
    );
    expect(requests).toBeLessThanOrEqual(1 + 16);
    expect(requests).toBe(server.requests.length);
  });

  it.each([400, 413, 422])('throws where every text is refused with %i', async (status) => {
    server.otherwise({ kind: 'status', status });
    await expect((await open()).embed(['a', 'b', 'c'], signal)).rejects.toMatchObject({
      kind: 'refused',
      status,
    });
  });

  it.each<[string, Script]>([
    ['a web page', { kind: 'raw', body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['nothing', { kind: 'raw', body: '' }],
    ['other JSON', { kind: 'raw', body: '{"error":"no such thing"}' }],
  ])('takes %s for no answer, and does not ask again', async (_, script) => {
    server.script(script);
    const provider = await open();
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
      kind: 'badAnswer',
      message: `${provider.host}: The answer is not a list of embeddings.`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('reads JSON behind a byte-order mark', async () => {
    const embedding = [...right.vector];
    const body = `\ufeff${JSON.stringify({ data: [{ index: 0, embedding }] })}`;
    server.script({ kind: 'raw', body });
    expect((await (await open()).embed(['text'], signal)).outcomes).toEqual([right]);
  });

  it('cuts off an answer that unpacks to more than 64 MB', async () => {
    const body = gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '));
    server.script({ kind: 'raw', body, headers: { 'content-encoding': 'gzip' } });
    const provider = await open();
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
      kind: 'badAnswer',
      message: `${provider.host}: The answer is larger than 67108864 bytes.`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, Script]>([
    ['that never come', { kind: 'hold' }],
    ['that come byte by byte', { kind: 'drip', ms: 20 }],
  ])('has one deadline for answers %s', async (_, script) => {
    server.otherwise(script);
    const retry = { ...standardTiming.retry, attempts: 2 };
    const provider = await open({ deadlineMs: 150, retry });
    const started = performance.now();
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
      kind: 'unreachable',
      message: `${provider.host} did not answer in time.`,
    });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Script]>([
    ['headers', { kind: 'hold' }],
    ['the body', { kind: 'drip', ms: 20 }],
  ])('hangs up at once when cancelled while waiting for %s', async (_, script) => {
    server.script(script);
    const aborting = new AbortController();
    const running = (await open()).embed(['text'], aborting.signal);
    await server.waitForRequests(1);
    const started = performance.now();
    aborting.abort();
    await expect(running).rejects.toHaveProperty('name', 'AbortError');
    expect(performance.now() - started).toBeLessThan(500);
    expect(server.requests).toHaveLength(1);
  });

  it('tries an absent server only three times', async () => {
    const provider = await open();
    await server.close();
    await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
      kind: 'unreachable',
      message: `${provider.host} cannot be reached (ECONNREFUSED).`,
    });
    expect(clock.sleeps).toHaveLength(2);
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'says that a certificate is not trusted, once: %s',
    async (code) => {
      let calls = 0;
      const fetch = () => {
        calls++;
        const cause = Object.assign(new Error('bad certificate'), { code });
        return Promise.reject(new TypeError('fetch failed', { cause }));
      };
      const provider = await openRemote('https://self.example.com/v1', { deps: { fetch } });
      await expect(provider.embed(['text'], signal)).rejects.toMatchObject({
        kind: 'tls',
        message: `self.example.com’s certificate is not trusted (${code}).`,
      });
      expect(calls).toBe(1);
    },
  );

  it('keeps vectors in hand when the endpoint goes away while texts are told apart', async () => {
    const refused: Script = { kind: 'status', status: 400 };
    const gone: Script = { kind: 'status', status: 401 };
    server.script(refused, null, gone);
    const { outcomes } = await (await open()).embed(['text', 'b', 'c', 'd'], signal);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['vector', 'vector', 'failed', 'failed']);
    expect(outcomes[0]).toEqual(right);
  });
});
