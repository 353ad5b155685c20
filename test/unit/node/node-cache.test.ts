import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type {
  Cache,
  CacheOptions,
  CustomProvider,
} from '../../../server/src/frontends/node/api.ts';
import { openNodeCache } from '../../../server/src/frontends/node/node-cache.ts';
import { startOpenAiServer } from '../../support/openai-server.ts';
import { named } from '../../support/faults/tools.ts';
import { linkRuntime, whyNoRuntime } from '../../support/local-models.ts';
import { MODEL_FILE, MODEL_PROCESS, STRUCTURE_WORKER } from '../../support/provider-deps.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { TINY_DIMENSIONS, writeTinyModel } from '../../support/tiny-model/tiny-model.ts';

/** Vectors of a text's length and its first letter, and what was asked for. */
function countingProvider(changes: Partial<CustomProvider> = {}) {
  const asked: (readonly string[])[] = [];
  const embed = (texts: readonly string[]) => {
    asked.push(texts);
    return texts.map((text) => (text === '' ? null : [text.length, text.charCodeAt(0) / 3, 1]));
  };
  return { asked, provider: { name: 'mine', model: 'v1', dimensions: 3, embed, ...changes } };
}

const open: Cache[] = [];
async function openIn(directory: string, options: CacheOptions = {}): Promise<Cache> {
  const deps = {
    modelFile: MODEL_FILE,
    structureWorker: STRUCTURE_WORKER,
    modelProcess: MODEL_PROCESS,
  };
  const cache = await openNodeCache({ directory, ...options }, deps);
  open.push(cache);
  return cache;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((cache) => cache.close()));
});

describe('the cache of a Node program', () => {
  let directory: string;
  beforeEach(() => {
    directory = tempDirectory();
  });

  it('gives a matrix in the order of the texts, each embedded once', async () => {
    const { provider, asked } = countingProvider();
    const cache = await openIn(directory, { provider, normalised: false });
    const matrix = await cache.getEmbeddings(['aa', 'b', 'aa', 'cccc']);

    expect(asked).toEqual([['aa', 'b', 'cccc']]);
    expect(matrix).toMatchObject({ shape: [4, 3], model: 'v1', hits: 1, misses: 3, failed: [] });
    expect(matrix.data).toBeInstanceOf(Float32Array);
    expect([0, 1, 2, 3].map((i) => matrix.row(i)[0])).toEqual([2, 1, 2, 4]);
    expect(matrix.row(1).buffer).toBe(matrix.data.buffer);

    const again = await cache.getEmbeddings(['b', 'cccc']);
    expect(asked).toHaveLength(1);
    expect(again).toMatchObject({ hits: 2, misses: 0 });
  });

  it('asks the function it was given last', async () => {
    const [first, second] = [countingProvider(), countingProvider()];
    const cache = await openIn(directory);
    await cache.getEmbeddings(['a'], { provider: first.provider });
    await cache.getEmbeddings(['a', 'b'], { provider: second.provider });
    expect([first.asked, second.asked]).toEqual([[['a']], [['b']]]);
  });

  it('keeps its vectors for the next process', async () => {
    const first = countingProvider();
    const cache = await openIn(directory);
    const before = await cache.getEmbeddings(['a', 'b'], { provider: first.provider });
    await cache.close();
    const second = countingProvider();
    const again = await openIn(directory);
    const after = await again.getEmbeddings(['a', 'b'], { provider: second.provider });
    expect(second.asked).toEqual([]);
    expect(after.data).toEqual(before.data);
  });

  it('embeds with the built-in model where nothing else is said', async () => {
    const cache = await openIn(directory);
    const { shape, model } = await cache.getEmbeddings(['retry a failed request']);
    expect(shape).toEqual([1, 256]);
    expect(model).toMatch(/^code-static-256@/);
  });

  it.skipIf(whyNoRuntime)(
    named('embeds with a local model of a folder', whyNoRuntime),
    async () => {
      linkRuntime(directory);
      const modelFolder = `${tempDirectory()}/tiny`;
      writeTinyModel(modelFolder);
      const cache = await openIn(directory, { provider: 'transformers', modelFolder });
      const { shape, model, misses } = await cache.getEmbeddings(['red', 'green apple', 'red']);
      expect(shape).toEqual([3, TINY_DIMENSIONS]);
      expect(model).toMatch(/^tiny@[0-9a-f]{12}$/);
      expect(misses).toBe(2);
      expect((await cache.getEmbeddings(['red'])).hits).toBe(1);
    },
  );

  it('takes more texts than fit into one slice, and none', async () => {
    const { provider, asked } = countingProvider();
    const cache = await openIn(directory, { provider });
    const texts = Array.from({ length: 4500 }, (_, i) => `text ${i % 3000}`);
    const { data, shape, misses, hits } = await cache.getEmbeddings(texts);
    expect({ shape, misses, hits }).toEqual({ shape: [4500, 3], misses: 3000, hits: 1500 });
    expect(asked.flat()).toHaveLength(3000);
    expect(data.some(Number.isNaN)).toBe(false);
    expect((await cache.get(texts)).every((vector) => vector !== null)).toBe(true);
    expect((await cache.getEmbeddings([])).shape).toEqual([0, 3]);
  });

  it('throws for texts without a vector and keeps the others; or gives rows of NaN', async () => {
    const { provider, asked } = countingProvider();
    const cache = await openIn(directory, { provider });
    await expect(cache.getEmbeddings(['a', '', 'b'])).rejects.toMatchObject({
      name: 'EmbeddingError',
      failed: [{ index: 1, reason: 'mine has no vector for it.' }],
    });
    const matrix = await cache.getEmbeddings(['a', '', 'b'], { onFailed: 'nan' });
    expect(asked).toEqual([['a', '', 'b'], ['']]);
    expect(matrix).toMatchObject({ hits: 2, misses: 0, failed: [{ index: 1 }] });
    expect([...matrix.row(1)]).toEqual([NaN, NaN, NaN]);
    expect(matrix.row(2).some(Number.isNaN)).toBe(false);
  });

  it.each([
    ['another number of vectors', () => [[1, 2, 3]], /2 texts with 1 vectors/],
    [
      'a vector of another length',
      () => [
        [1, 2],
        [1, 2],
      ],
      /2 numbers where 3/,
    ],
    [
      'numbers that are none',
      () => [
        [NaN, 0, 0],
        [0, 0, 0],
      ],
      /all zeros or not finite/,
    ],
  ])('refuses %s', async (_, embed, message) => {
    const { provider } = countingProvider({ embed });
    const cache = await openIn(directory, { provider });
    await expect(cache.getEmbeddings(['a', 'b'])).rejects.toThrow(message);
    expect(await cache.get(['a', 'b'])).toEqual([null, null]);
  });

  it('keeps what was answered before the provider threw, and passes its error on', async () => {
    let calls = 0;
    const outage = new Error('the model is out');
    const { provider } = countingProvider({ batchSize: 2 });
    const failing = {
      ...provider,
      embed: (texts: readonly string[], signal: AbortSignal) => {
        if (++calls === 2) throw outage;
        return provider.embed(texts, signal);
      },
    };
    const cache = await openIn(directory, { provider: failing });
    await expect(cache.getEmbeddings(['a', 'b', 'c', 'd'])).rejects.toBe(outage);
    const found = await cache.get(['a', 'b', 'c', 'd']);
    expect(found.filter((vector) => vector !== null)).toHaveLength(2);
  });

  it('stores and gives vectors that were made elsewhere, without asking anyone', async () => {
    const { provider, asked } = countingProvider();
    const cache = await openIn(directory, { provider, normalised: false });
    await cache.put(['a', 'b'], [[1, 2, 3], Float64Array.of(4, 5, 6)]);
    expect(await cache.get(['b', 'x', 'a', 'b'])).toEqual([
      Float32Array.of(4, 5, 6),
      null,
      Float32Array.of(1, 2, 3),
      Float32Array.of(4, 5, 6),
    ]);
    const matrix = await cache.getEmbeddings(['a', 'b']);
    await cache.put(['c', 'd'], matrix);
    expect((await cache.get(['d']))[0]).toEqual(Float32Array.of(4, 5, 6));
    expect(asked).toEqual([]);
  });

  it.each([
    ['too few', [[1, 2, 3]], /1 vectors were given for 2 texts/],
    [
      'one of another length',
      [
        [1, 2, 3],
        [1, 2],
      ],
      /vector 1 has 2 numbers/,
    ],
    [
      'one that is not finite',
      [
        [1, 2, 3],
        [1, Infinity, 2],
      ],
      /vector 1 is all zeros or not finite/,
    ],
  ])('stores none of the vectors where there is %s', async (_, vectors, message) => {
    const { provider } = countingProvider();
    const cache = await openIn(directory, { provider });
    await expect(cache.put(['a', 'b'], vectors)).rejects.toThrow(message);
    expect(await cache.get(['a', 'b'])).toEqual([null, null]);
  });

  it('keeps element types apart, each exact in its own way', async () => {
    const numbers = [0.1, 0.2, 0.3];
    const { provider } = countingProvider({ embed: (texts) => texts.map(() => numbers) });
    const cache = await openIn(directory, { provider, normalised: false });
    const exact = await cache.getEmbeddings(['a'], {
      provider,
      element: 'float64',
      normalised: false,
    });
    const half = await cache.getEmbeddings(['a'], {
      provider,
      element: 'float16',
      normalised: false,
    });
    expect(exact.data).toEqual(Float64Array.from(numbers));
    expect(half).toMatchObject({ element: 'float16', misses: 1 });
    expect(half.data[0]).toBe(0.0999755859375);
    expect(
      (await cache.getEmbeddings(['a'], { provider, element: 'float16', normalised: false })).data,
    ).toEqual(half.data);
    const { spaces } = await cache.stats();
    expect(spaces.map(({ type }) => type).sort()).toEqual(['float16', 'float64']);
  });

  it('sends a known model’s texts to its provider, with the key it was given', async () => {
    const server = await startOpenAiServer();
    onTestFinished(() => server.close());
    const cache = await openIn(directory);
    const model = { provider: 'openai', baseUrl: server.baseUrl, dimensions: 8, apiKey: 'sk-test' };
    const options = { ...model, model: 'text-embedding-3-small' };
    expect(await cache.getEmbeddings(['a', 'b'], options)).toMatchObject({
      shape: [2, 8],
      misses: 2,
    });
    expect(await cache.getEmbeddings(['b', 'a'], options)).toMatchObject({ hits: 2, misses: 0 });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ headers: { authorization: 'Bearer sk-test' } });
  });

  it('stays with the provider it was opened with when a call names a model alone', async () => {
    const server = await startOpenAiServer({ dimensions: 8 });
    onTestFinished(() => server.close());
    const opened = { provider: 'openaiCompatible', baseUrl: server.baseUrl, model: 'a' };
    const cache = await openIn(directory, { ...opened, dimensions: 8, apiKey: 'sk-own' });
    await cache.getEmbeddings(['x']);
    await cache.getEmbeddings(['x'], { model: 'text-embedding-3-small' });
    const models = server.requests.map(({ model, headers }) => [model, headers.authorization]);
    expect(new Set(models.map(([model]) => model))).toEqual(
      new Set(['a', 'text-embedding-3-small']),
    );
    expect(new Set(models.map(([, key]) => key))).toEqual(new Set(['Bearer sk-own']));
  });

  it('takes no key along to another provider', async () => {
    const [one, other] = [await startOpenAiServer(), await startOpenAiServer()];
    onTestFinished(async () => {
      await one.close();
      await other.close();
    });
    const at = (server: typeof one) => ({ provider: 'openaiCompatible', baseUrl: server.baseUrl });
    const model = { model: 'a', dimensions: 8 };
    const cache = await openIn(directory, { ...at(one), ...model, apiKey: 'sk-one' });
    await cache.getEmbeddings(['x']);
    await cache.getEmbeddings(['x'], { ...at(other), ...model });
    expect(one.requests[0]?.headers.authorization).toBe('Bearer sk-one');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    [{ model: 'nobody-knows-it' }, /name the provider of nobody-knows-it/],
    [{ provider: 'nosuch' }, /no provider “nosuch”/],
    [{ provider: 'embedded', model: 'x' }, /model means nothing to the embedded provider/],
    [{ provider: 'openai', dimensions: 0 }, /dimensions is not what it should be/],
    [{ element: 'int8' as 'float32' }, /element is one of/],
  ])('refuses options %j', async (options, message) => {
    await expect(openIn(directory, options)).rejects.toThrow(message);
  });

  it('ends what is running when it is closed, and says so to whoever comes later', async () => {
    const { provider } = countingProvider({
      embed: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    const cache = await openIn(directory, { provider });
    const running = cache.getEmbeddings(['a']);
    running.catch(() => undefined);
    await cache.close();
    await expect(running).rejects.toThrow('the cache is closed');
    await expect(cache.get(['a'])).rejects.toThrow('the cache is closed');
  });

  it('stops when its signal says so', async () => {
    const controller = new AbortController();
    const { provider, asked } = countingProvider({ batchSize: 1 });
    const aborting = {
      ...provider,
      embed: (texts: readonly string[], signal: AbortSignal) => {
        controller.abort();
        return provider.embed(texts, signal);
      },
    };
    const cache = await openIn(directory, { provider: aborting });
    const { signal } = controller;
    await expect(cache.getEmbeddings(['a', 'b', 'c'], { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(asked).toEqual([['a']]);
  });
});
