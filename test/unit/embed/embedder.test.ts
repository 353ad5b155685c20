import path from 'node:path';
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
});
