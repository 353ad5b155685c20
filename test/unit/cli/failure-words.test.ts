import { describe, expect, it } from 'vitest';
import { Failure, type FailureKind } from '../../../server/src/core/errors.ts';
import { failureWords } from '../../../server/src/frontends/cli/failure-words.ts';

describe('words for a failure', () => {
  it.each<[FailureKind, object, string]>([
    ['noApiKey', { provider: 'openai' }, 'OpenAI needs an API key. Set OPENAI_API_KEY.'],
    [
      'noApiKey',
      { provider: 'openaiCompatible', host: 'llm.example.com' },
      'llm.example.com needs an API key. Set EMBEDDINGCACHE_API_KEY.',
    ],
    ['apiKeyRefused', { provider: 'openai' }, 'Such a thing. Check OPENAI_API_KEY.'],
    ['notFound', { host: 'h' }, 'Such a thing. Check --base-url and --model.'],
    [
      'tls',
      { host: 'h' },
      'Such a thing. Name its certificate authority in EMBEDDINGCACHE_CA_FILE.',
    ],
    ['confirmCost', {}, 'Such a thing. Run index, which asks.'],
    [
      'proxy',
      { host: 'p' },
      'Such a thing. Check HTTPS_PROXY, and NO_PROXY for what needs no proxy.',
    ],
    [
      'newerCache',
      {},
      'A newer version wrote this cache. Update Embedding Cache, or choose another --cache-dir.',
    ],
    [
      'damagedCache',
      { recovery: { recovered: 9870, total: 10_000 } },
      'One cache file is damaged; 9,870 of 10,000 recovered. The file was kept.',
    ],
    [
      'diskFull',
      {},
      'The disk is full; new embeddings stay in memory only. Make room, then run this again.',
    ],
    ['badSettings', {}, 'Such a thing.'],
    ['internal', {}, 'Something went wrong: Such a thing.'],
  ])('%s %j', (kind, options, words) => {
    expect(failureWords(new Failure(kind, 'Such a\nthing', options))).toBe(words);
  });
});
