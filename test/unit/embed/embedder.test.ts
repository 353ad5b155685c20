import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { createEmbedder } from '../../../server/src/core/embed/embedder.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import { openLedger } from '../../../server/src/core/usage/ledger.ts';
import { FakeProvider, fakeVector, type FakeProviderOptions } from '../../support/fake-provider.ts';
import { openGate } from '../../support/open-gate.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const signal = new AbortController().signal;

async function setUp(options: FakeProviderOptions = {}, directory = tempDirectory()) {
  const cache = await openCache({ directory, storeText: true });
  const ledger = await openLedger(path.join(directory, 'usage.db'), {
    now: () => new Date('2026-01-02T03:04:05Z'),
    onWriteFailed: (error) => {
      throw error;
    },
  });
  const provider = new FakeProvider(options);
  const shard = await cache.shard(provider.space);
  const embedder = createEmbedder({
    provider,
    gate: openGate(provider),
    shard,
    texts: cache.texts,
    ledger,
  });
  return { cache, ledger, provider, shard, embedder };
}

describe('the embedder', () => {
  it('asks the provider only for texts it has not seen, each once, and keeps their order', async () => {
    const { embedder, provider } = await setUp();
    await embedder.embedMany(['a', 'b', 'a'], { signal });
    const { outcomes } = await embedder.embedMany(['c', 'b', 'c'], { signal });

    expect(provider.asked).toEqual(['a', 'b', 'c']);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['miss', 'hit', 'miss']);
    expect(outcomes).toMatchObject(
      ['c', 'b', 'c'].map((text) => ({ vector: fakeVector(provider.space, text) })),
    );
  });

  it('remembers across processes: another cache object on the same directory hits', async () => {
    const directory = tempDirectory();
    const first = await setUp({}, directory);
    await first.embedder.embedMany(['a'], { signal });
    await first.cache.close();
    const second = await setUp({}, directory);
    await second.embedder.embedMany(['a'], { signal });
    expect(second.provider.requests).toBe(0);
  });

  it('pays once for a text that several callers want at the same time', async () => {
    const { embedder, provider } = await setUp();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => embedder.embedMany(['same', 'texts'], { signal })),
    );
    expect(provider.requests).toBe(1);
    expect(answers.every(({ outcomes }) => outcomes.every(({ kind }) => kind !== 'failed'))).toBe(
      true,
    );
  });

  it('sends nothing while an answer waits to be committed, in whatever lane', async () => {
    let committing = 0;
    const sentMeanwhile: string[] = [];
    const { provider, shard, cache, ledger } = await setUp({
      concurrency: 3,
      limits: { maxItems: 1, maxTokens: 100 },
      onBatch: async ([text]) => {
        if (committing > 0) sentMeanwhile.push(text!);
        await wait(text!.charCodeAt(0) % 5);
      },
    });
    const slowShard = {
      space: shard.space,
      getMany: (...of: Parameters<typeof shard.getMany>) => shard.getMany(...of),
      count: () => shard.count(),
      close: () => shard.close(),
      async putMany(...of: Parameters<typeof shard.putMany>) {
        committing++;
        await wait(4);
        await shard.putMany(...of);
        committing--;
      },
    };
    const embedder = createEmbedder({
      provider,
      gate: openGate(provider),
      shard: slowShard,
      texts: cache.texts,
      ledger,
    });
    await embedder.embedMany(Array.from('abcdefghijklmnop'), { signal });
    expect(provider.asked).toHaveLength(16);
    expect(sentMeanwhile).toEqual([]);
  });

  it('keeps what was answered before a request that failed', async () => {
    let requests = 0;
    const { embedder, provider, shard } = await setUp({
      limits: { maxItems: 2, maxTokens: 100 },
      onBatch: () => {
        if (++requests === 3) throw new Error('network down');
      },
    });
    await expect(embedder.embedMany(['a', 'b', 'c', 'd', 'e', 'f'], { signal })).rejects.toThrow(
      'network down',
    );
    expect([...(await shard.getMany(['a', 'b', 'c', 'd'].map(textHashOf))).keys()]).toHaveLength(4);

    await embedder.embedMany(['a', 'b', 'c', 'd', 'e', 'f'], { signal });
    expect(provider.asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('commits each answer before the next request goes out', async () => {
    const stored: number[] = [];
    const setup = await setUp({
      limits: { maxItems: 1, maxTokens: 100 },
      onBatch: async () => {
        stored.push(await setup.shard.count());
      },
    });
    await setup.embedder.embedMany(['a', 'b', 'c'], { signal });
    expect(stored).toEqual([0, 1, 2]);
  });

  it('says why one text failed and embeds its neighbours', async () => {
    const { embedder } = await setUp();
    const { outcomes } = await embedder.embedMany(['a', '', 'b'], { signal });
    expect(outcomes).toMatchObject([
      { kind: 'miss' },
      { kind: 'failed', reason: 'the text is empty' },
      { kind: 'miss' },
    ]);
  });

  it('stores nothing when told not to, and does not spoil the hit rate with it', async () => {
    const { embedder, shard, ledger } = await setUp();
    await embedder.embedMany(['query'], { signal, store: false });
    expect(await shard.count()).toBe(0);
    expect(await ledger.since('')).toMatchObject({ misses: 0, requests: 1, tokens: 5 });
  });

  it('stops between batches when cancelled', async () => {
    const controller = new AbortController();
    const { embedder, provider } = await setUp({
      limits: { maxItems: 1, maxTokens: 100 },
      onBatch: () => {
        controller.abort();
      },
    });
    await expect(
      embedder.embedMany(['a', 'b', 'c'], { signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(provider.asked).toEqual(['a']);
  });

  it('counts as saved exactly what the texts were billed as', async () => {
    const { embedder, ledger } = await setUp({ priced: true, tokensPerRequest: 1000 });
    await embedder.embedMany(['a', 'bb', 'cccc'], { signal });
    const paid = await ledger.since('');
    await embedder.embedMany(['cccc', 'a', 'bb', 'a'], { signal });
    const after = await ledger.since('');
    expect(paid).toMatchObject({ tokens: 1000, costUsd: 1000 * 0.02e-6, savedUsd: 0 });
    expect(after.costUsd).toBe(paid.costUsd);
    expect(after.savedUsd).toBeCloseTo(paid.costUsd, 15);
  });

  it('writes a text again whose vector is there without it', async () => {
    const { embedder, cache, shard, provider } = await setUp();
    const hash = textHashOf('a');
    await shard.putMany(new Map([[hash, fakeVector(provider.space, 'a')]]));
    expect(await cache.texts.get(hash)).toBeNull();
    await embedder.embedMany(['a'], { signal });
    await expect.poll(() => cache.texts.get(hash)).toBe('a');
    expect(provider.requests).toBe(0);
  });

  it('counts hits, misses, requests and tokens in the ledger', async () => {
    const { embedder, ledger } = await setUp();
    await embedder.embedMany(['aa', 'bb'], { signal });
    await embedder.embedMany(['aa', 'bb', 'cc'], { signal });
    expect(await ledger.since('2026-01-02')).toMatchObject({
      hits: 2,
      misses: 3,
      requests: 2,
      tokens: 6,
    });
    expect(await ledger.since('2026-01-03')).toMatchObject({ hits: 0, misses: 0 });
  });

  it('sends as many requests at once as the provider takes, and no more', async () => {
    let running = 0;
    let most = 0;
    const { embedder, provider } = await setUp({
      limits: { maxItems: 1, maxTokens: 100 },
      concurrency: 3,
      onBatch: async () => {
        most = Math.max(most, ++running);
        await wait(5);
        running--;
      },
    });
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
    const { outcomes } = await embedder.embedMany(texts, { signal });
    expect(most).toBe(3);
    expect(provider.asked.toSorted()).toEqual(texts.toSorted());
    expect(outcomes).toMatchObject(
      texts.map((text) => ({ kind: 'miss', vector: fakeVector(provider.space, text) })),
    );
  });

  it('commits the answers of a lane before its next request, and of all lanes when one fails', async () => {
    let requests = 0;
    const setup = await setUp({
      limits: { maxItems: 1, maxTokens: 100 },
      concurrency: 2,
      onBatch: async () => {
        const request = ++requests;
        // All but what is under way in the other lane.
        expect(await setup.shard.count()).toBeGreaterThanOrEqual(request - 2);
        if (request === 5) throw new Error('network down');
        await wait(5);
      },
    });
    const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await expect(setup.embedder.embedMany(texts, { signal })).rejects.toThrow('network down');
    expect(await setup.shard.count()).toBe(setup.provider.asked.length);
    expect(requests).toBeLessThanOrEqual(6);
  });

  it('asks the cache once more before it sends: another process may have paid meanwhile', async () => {
    const directory = tempDirectory();
    const first = await setUp({}, directory);
    const second = await setUp(
      {
        limits: { maxItems: 1, maxTokens: 100 },
        onBatch: async () => {
          await first.embedder.embedMany(['b'], { signal });
        },
      },
      directory,
    );
    const { outcomes } = await second.embedder.embedMany(['a', 'b'], { signal });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['miss', 'hit']);
    expect(second.provider.asked).toEqual(['a']);
  });

  describe('when ten callers want the same text', () => {
    it('makes one call, and one who cancels spares the others', async () => {
      const gate = Promise.withResolvers<undefined>();
      const { embedder, provider } = await setUp({ onBatch: () => gate.promise });
      const controllers = Array.from({ length: 10 }, () => new AbortController());
      const calls = controllers.map((each) => embedder.embedMany(['same'], each));
      await wait(20);
      // The first caller's request is the one the others wait for.
      controllers[0]!.abort();
      await expect(calls[0]).rejects.toMatchObject({ name: 'AbortError' });
      gate.resolve(undefined);
      const answers = await Promise.all(calls.slice(1));
      expect(provider.requests).toBe(1);
      for (const { outcomes } of answers) expect(outcomes[0]?.kind).toBe('hit');
    });

    it('gives the request up only when the last of them cancels', async () => {
      const { embedder, provider } = await setUp({
        onBatch: (_texts, given) =>
          new Promise((_resolve, reject) => {
            given.addEventListener('abort', () => {
              reject(given.reason as Error);
            });
          }),
      });
      const controllers = [new AbortController(), new AbortController()];
      const calls = controllers.map((each) => embedder.embedMany(['same'], each));
      const ended = Promise.allSettled(calls);
      await wait(20);
      controllers[0]!.abort();
      await wait(20);
      expect(provider.aborted).toBe(0);
      controllers[1]!.abort();
      expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(provider.aborted).toBe(1);
    });

    it('tells all of them why it failed, and asks again next time', async () => {
      let fails = true;
      const { embedder, provider } = await setUp({
        onBatch: async () => {
          await wait(20);
          if (fails) throw new Error('network down');
        },
      });
      const calls = Array.from({ length: 10 }, () => embedder.embedMany(['same'], { signal }));
      const ended = await Promise.allSettled(calls);
      expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
      fails = false;
      expect((await embedder.embedMany(['same'], { signal })).outcomes[0]?.kind).toBe('miss');
      expect(provider.requests).toBe(1);
    });
  });
});
