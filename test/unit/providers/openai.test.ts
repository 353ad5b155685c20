import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddingSpace } from '../../../server/src/core/keys/space.ts';
import { expectedVector } from '../../support/expected-vector.ts';
import { startOpenAiServer, wireTokens, type OpenAiServer } from '../../support/openai-server.ts';
import { providerDeps } from '../../support/provider-deps.ts';
import { openRemote } from '../../support/remote-provider.ts';

const { signal } = new AbortController();
const SMALL = 'text-embedding-3-small';

describe('the openai provider', () => {
  let server: OpenAiServer;
  beforeEach(async () => {
    server = await startOpenAiServer({ apiKey: 'sk-test' });
  });
  afterEach(() => server.close());

  it('stores exactly what the model answered, with the tokens it billed', async () => {
    const provider = await openRemote(server.baseUrl);
    const texts = ['one', 'two\nlines', 'naïve 日本 🙂'];
    const { outcomes, tokens, requests } = await provider.embed(texts, signal);
    expect(outcomes).toEqual(
      texts.map((text) => ({ kind: 'vector', vector: expectedVector(text, SMALL, 32) })),
    );
    expect(tokens).toBe(texts.reduce((sum, text) => sum + wireTokens(text), 0));
    expect(requests).toBe(1);
    expect(server.asked).toEqual(texts);
  });

  it('asks for base64, and for a length only where another than the model’s own is set', async () => {
    await (await openRemote(server.baseUrl)).embed(['x'], signal);
    for (const dimensions of [null, 1536]) {
      const provider = await openRemote(server.baseUrl, { config: { dimensions } });
      expect(provider.space).toMatchObject({ dimensions: 1536, requestedDimensions: null });
      await provider.embed(['x'], signal);
    }
    expect(server.requests.map(({ encoding }) => encoding)).toEqual(['base64', 'base64', 'base64']);
    expect(server.requests.map(({ dimensions }) => dimensions)).toEqual([32, null, null]);
  });

  it('places shuffled vectors by their index', async () => {
    server.script({ kind: 'spoil', change: (items) => void items.reverse() });
    const provider = await openRemote(server.baseUrl);
    const { outcomes } = await provider.embed(['a', 'b', 'c'], signal);
    expect(outcomes).toEqual(
      ['a', 'b', 'c'].map((text) => ({ kind: 'vector', vector: expectedVector(text, SMALL, 32) })),
    );
  });

  it('asks again in halves where it cannot be told which vector is whose', async () => {
    server.script({ kind: 'spoil', change: (items) => void items.pop() });
    const provider = await openRemote(server.baseUrl);
    const texts = ['a', 'b', 'c', 'd'];
    const { outcomes } = await provider.embed(texts, signal);
    expect(outcomes).toEqual(
      texts.map((text) => ({ kind: 'vector', vector: expectedVector(text, SMALL, 32) })),
    );
  });

  it('asks alone for the one text whose vector was bad', async () => {
    server.script({
      kind: 'spoil',
      change: (items) => void (items[1]!.embedding as number[]).pop(),
    });
    const provider = await openRemote(server.baseUrl);
    const { outcomes, requests } = await provider.embed(['a', 'b', 'c'], signal);
    expect(outcomes).toEqual(
      ['a', 'b', 'c'].map((text) => ({ kind: 'vector', vector: expectedVector(text, SMALL, 32) })),
    );
    expect(requests).toBe(2);
    expect(server.requests[1]?.texts).toEqual(['b']);
  });

  it('sends no blank texts', async () => {
    const provider = await openRemote(server.baseUrl);
    const { outcomes } = await provider.embed(['', 'a', ' \n', 'b'], signal);
    expect(outcomes.map((outcome) => outcome.kind === 'failed' && outcome.reason)).toEqual([
      'The text is empty.',
      false,
      'The text is empty.',
      false,
    ]);
    expect(server.asked).toEqual(['a', 'b']);
  });

  it('sends nothing at all where no text can be sent', async () => {
    const provider = await openRemote(server.baseUrl);
    expect(await provider.embed(['', ' '], signal)).toMatchObject({ tokens: 0, requests: 0 });
    expect(server.requests).toEqual([]);
  });

  it('sends a lone surrogate as what it is hashed as', async () => {
    const provider = await openRemote(server.baseUrl);
    await provider.embed(['a\ud800b'], signal);
    expect(server.asked).toEqual(['a\ufffdb']);
  });

  it('says whether it had a different model answer', async () => {
    const lines: string[] = [];
    const { logger } = providerDeps();
    const deps = { logger: { ...logger, info: (line: string) => void lines.push(line) } };
    const provider = await openRemote(server.baseUrl, { deps });
    server.otherwise({ kind: 'model', model: 'other\nmodel' });
    await provider.embed(['a'], signal);
    await provider.embed(['b'], signal);
    expect(lines).toEqual([
      `${provider.host} answers for text-embedding-3-small as model other?model`,
    ]);
  });

  describe('identity', () => {
    it('has OpenAI’s own address as no origin, any other by its path', async () => {
      const own = await openRemote('');
      expect(own.space.origin).toBeNull();
      expect(own.host).toBe('api.openai.com');
      expect((await openRemote('https://api.openai.com/v1/')).space).toEqual(own.space);
      const team = await openRemote('https://proxy.example.com/team/v1/');
      expect(team.space.origin).toBe('https://proxy.example.com/team/v1');
      expect(team.host).toBe('proxy.example.com');
    });

    it.each([
      ['text-embedding-3-small', 'text-embedding-3-small', 1536],
      ['text-embedding-3-large', 'text-embedding-3-large', 3072],
      ['text-embedding-ada-002', 'text-embedding-ada-002-v2', 1536],
    ])('knows version and length of %s without asking', async (model, version, dimensions) => {
      const provider = await openRemote(server.baseUrl, { config: { model, dimensions: null } });
      expect(provider.space).toMatchObject({
        model: version,
        dimensions,
        requestedDimensions: null,
      });
      expect(server.requests).toEqual([]);
    });

    it.each([
      ['text-embedding-ada-002', 256, 'gives 1536 dimensions, not 256'],
      ['text-embedding-3-small', 3072, 'gives at most 1536 dimensions, not 3072'],
    ])('refuses a length that %s cannot give', async (model, dimensions, words) => {
      await expect(
        openRemote(server.baseUrl, { config: { model, dimensions } }),
      ).rejects.toMatchObject({ kind: 'badSettings', message: `${model} ${words}.` });
    });

    it('asks an unknown model once for its length', async () => {
      const config = { kind: 'openaiCompatible', model: 'nomic', dimensions: null } as const;
      const provider = await openRemote(server.baseUrl, { config });
      expect(provider.space).toMatchObject({ dimensions: 64, requestedDimensions: null });
      expect(server.requests).toHaveLength(1);
    });

    it('remembers an unknown model’s length from its space, and only from its space', async () => {
      const config = { kind: 'openaiCompatible', model: 'nomic', dimensions: null } as const;
      const { space } = await openRemote(server.baseUrl, { config });
      server.forget();
      const knowing = (...spaces: EmbeddingSpace[]) =>
        openRemote(server.baseUrl, { config, deps: { knownSpaces: async () => spaces } });
      expect((await knowing(space)).space).toEqual(space);
      expect(server.requests).toHaveLength(0);

      const others = [
        { ...space, model: 'other' },
        { ...space, origin: 'https://elsewhere.example.com/v1' },
        { ...space, requestedDimensions: 16, dimensions: 16 },
        { ...space, provider: 'openai' },
      ];
      expect((await knowing(...others)).space).toEqual(space);
      expect(server.requests).toHaveLength(1);
      // Two lengths on record: the server alone knows which one it gives now.
      expect((await knowing({ ...space, dimensions: 16 }, space)).space).toEqual(space);
      expect(server.requests).toHaveLength(2);
    });

    it.each([
      [{ model: 'm' }, '', 'Set the address of the OpenAI-compatible endpoint.'],
      [
        { model: '' },
        'https://host.example.com',
        'Set the name of the model that host.example.com',
      ],
    ])('needs an address and a model name of a compatible endpoint', async (config, url, words) => {
      const kind = 'openaiCompatible';
      await expect(openRemote(url, { config: { kind, ...config } })).rejects.toMatchObject({
        kind: 'badSettings',
        message: expect.stringContaining(words) as string,
      });
    });
  });
});
