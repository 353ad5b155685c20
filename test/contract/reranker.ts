import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rerankerNamed } from '../../server/src/core/providers/rerank/reranker-table.ts';
import type { Reranker } from '../../server/src/core/providers/rerank/reranker.ts';
import { standardTiming } from '../../server/src/core/providers/remote/timing.ts';
import { CANARY, holdsCanary } from '../support/canary.ts';
import { InstantClock, providerDeps } from '../support/provider-deps.ts';
import {
  startProviderServer,
  type ProviderServer,
  type Script,
} from '../support/provider-server.ts';
import { relevanceOf, type RerankerUnderTest } from '../support/reranker-wires.ts';

const never = new AbortController().signal;
const query = 'retry the request';
const texts = ['delete the user', 'retry the request', 'then retry it once more'];

/** What every reranker promises, over real HTTP in its own wire format. */
export function describeReranker({ kind, wire, model }: RerankerUnderTest): void {
  describe(`the reranker ${kind}`, () => {
    let server: ProviderServer;
    beforeEach(async () => {
      server = await startProviderServer(wire, { apiKey: CANARY });
    });
    afterEach(() => server.close());

    function open({
      apiKey = CANARY,
      baseUrl = server.baseUrl,
      deadlineMs = 30_000,
    }: { apiKey?: string | null; baseUrl?: string; deadlineMs?: number } = {}): Reranker {
      const deps = providerDeps({ apiKeyOf: () => apiKey });
      const config = { kind, model: '', baseUrl };
      const retry = { ...standardTiming.retry, attempts: 2 };
      const timing = { deadlineMs, retry, clock: new InstantClock() };
      return rerankerNamed(kind)!.open(config, deps, timing);
    }

    async function failureOf(script: Script, deadlineMs?: number): Promise<unknown> {
      server.otherwise(script);
      const failure: unknown = await open(deadlineMs === undefined ? {} : { deadlineMs })
        .rerank(query, texts, never)
        .catch((error: unknown) => error);
      expect(holdsCanary(JSON.stringify(failure) + String(failure))).toBe(false);
      return failure;
    }

    it('gives each text its relevance, in the order of the texts', async () => {
      const { relevance, requests } = await open().rerank(query, texts, never);
      expect(relevance).toEqual(texts.map((text) => relevanceOf(query, text)));
      expect(relevance[1]).toBeGreaterThan(relevance[2]!);
      expect(requests).toBe(1);
    });

    it('sends the query, the texts and its own model, and the key in a header alone', async () => {
      await open().rerank(query, texts, never);
      const [seen] = server.requests;
      expect(seen).toMatchObject({ model, texts, body: { query } });
      expect(seen!.headers.authorization).toBe(`Bearer ${CANARY}`);
      expect(holdsCanary(seen!.path + JSON.stringify(seen!.body))).toBe(false);
    });

    it('says what is billed, and about that much before it is sent', async () => {
      const reranker = open();
      const estimate = reranker.estimate(query, texts);
      const { billed, tokens } = await reranker.rerank(query, texts, never);
      expect(billed).toBeGreaterThan(0);
      expect(estimate.billed).toBeGreaterThanOrEqual(billed);
      expect(tokens).toBeGreaterThan(0);
    });

    it('sends nothing for no texts', async () => {
      expect(await open().rerank(query, [], never)).toMatchObject({ relevance: [], requests: 0 });
      expect(server.requests).toEqual([]);
    });

    it('sends nothing without a key', async () => {
      const failed = open({ apiKey: null }).rerank(query, texts, never);
      await expect(failed).rejects.toMatchObject({ kind: 'noApiKey', provider: kind });
      expect(server.requests).toEqual([]);
    });

    it('sends nothing to an origin that the user has not allowed', async () => {
      const deps = providerDeps({ apiKeyOf: () => CANARY, mayContact: () => false });
      const config = { kind, model: '', baseUrl: '' };
      const failed = rerankerNamed(kind)!.open(config, deps).rerank(query, texts, never);
      await expect(failed).rejects.toMatchObject({ kind: 'consentNeeded', provider: kind });
    });

    it('asks for the key of its own provider and origin', async () => {
      const asked: unknown[] = [];
      const apiKeyOf = (...of: unknown[]) => (asked.push(of), CANARY);
      const config = { kind, model: 'other-model', baseUrl: server.baseUrl };
      await rerankerNamed(kind)!
        .open(config, providerDeps({ apiKeyOf }))
        .rerank(query, texts, never);
      expect(asked).toEqual([[kind, server.origin]]);
      expect(server.requests[0]?.model).toBe('other-model');
    });

    it('refuses an address without https that is not of this computer', () => {
      expect(() => open({ baseUrl: 'http://example.com/v1' })).toThrow(/https/);
    });

    it('follows no redirect', async () => {
      const elsewhere = await startProviderServer(wire);
      const headers = { location: `${elsewhere.baseUrl}/rerank` };
      const failure = await failureOf({ kind: 'status', status: 307, headers });
      expect(failure).toMatchObject({ kind: 'badSettings' });
      expect(elsewhere.requests).toEqual([]);
      await elsewhere.close();
    });

    it.each([
      [401, 'apiKeyRefused'],
      [402, 'quotaExceeded'],
      [404, 'notFound'],
      [400, 'refused'],
      [429, 'rateLimited'],
      [500, 'unreachable'],
    ])('says what status %i means', async (status, expected) => {
      expect(await failureOf({ kind: 'status', status })).toMatchObject({ kind: expected });
    });

    it('tries once more where that may help', async () => {
      server.script({ kind: 'status', status: 503 });
      const { relevance, requests } = await open().rerank(query, texts, never);
      expect(relevance).toHaveLength(3);
      expect(requests).toBe(2);
    });

    it.each<[string, Script]>([
      ['that lacks a text', { kind: 'spoil', change: (items) => void items.pop() }],
      ['with a text twice', { kind: 'spoil', change: (items) => (items[1]!.index = 0) }],
      ['with a text too many', { kind: 'spoil', change: (items) => items.push(items[0]!) }],
      ['about a text never sent', { kind: 'spoil', change: (items) => (items[0]!.index = 9) }],
      ['without a number', { kind: 'spoil', change: (items) => (items[0]!.embedding = 'high') }],
      [
        'with too large a number',
        { kind: 'spoil', change: (items) => (items[0]!.embedding = '@1e400') },
      ],
      ['that is another thing', { kind: 'raw', body: '{"data":7,"results":"none"}' }],
      ['cut short', { kind: 'raw', body: '{"results":[{"index":0' }],
    ])('takes no answer %s', async (_, script) => {
      expect(await failureOf(script)).toMatchObject({ kind: 'badAnswer' });
    });

    it('gives up an answer that does not come', async () => {
      expect(await failureOf({ kind: 'hold' }, 50)).toMatchObject({ kind: 'unreachable' });
    });

    it('stops with AbortError when its signal fires', async () => {
      server.script({ kind: 'hold' });
      const aborting = new AbortController();
      const running = open().rerank(query, texts, aborting.signal);
      const stopped = expect(running).rejects.toHaveProperty('name', 'AbortError');
      await server.waitForRequests(1);
      aborting.abort();
      await stopped;
    });
  });
}
