import envPaths from 'env-paths';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../server/src/frontends/cli/cli-settings.ts';
import { UsageError } from '../../../server/src/frontends/cli/usage-error.ts';

describe('settings of the command line', () => {
  it('takes the platform’s data folder and the embedded provider where nothing is said', () => {
    expect(settingsOf({}, {}, '/work')).toEqual({
      config: {
        cacheDir: envPaths('embeddingcache', { suffix: '' }).data,
        provider: { kind: 'embedded' },
      },
      namedOrigin: null,
      apiKey: null,
    });
  });

  it('puts a flag before the environment', () => {
    const env = {
      EMBEDDINGCACHE_DIR: '/env',
      EMBEDDINGCACHE_PROVIDER: 'embedded',
      EMBEDDINGCACHE_MODEL: 'env-model',
      OPENAI_BASE_URL: 'https://env.example.com/v1',
    };
    const flags = {
      cacheDir: 'flag',
      provider: 'openai',
      model: 'flag-model',
      dimensions: 8,
      baseUrl: 'https://flag.example.com/v1',
    };
    expect(settingsOf(flags, env, '/work')).toMatchObject({
      config: {
        cacheDir: '/work/flag',
        provider: {
          kind: 'openai',
          model: 'flag-model',
          dimensions: 8,
          baseUrl: 'https://flag.example.com/v1',
        },
      },
      namedOrigin: 'https://flag.example.com',
    });
  });

  it('takes the environment where there is no flag, and an empty variable for none', () => {
    const env = {
      EMBEDDINGCACHE_DIR: '',
      EMBEDDINGCACHE_PROVIDER: 'openai',
      EMBEDDINGCACHE_MODEL: 'env-model',
      OPENAI_BASE_URL: '',
      OPENAI_API_KEY: 'key',
    };
    expect(settingsOf({ cacheDir: '/c' }, env, '/work')).toEqual({
      config: {
        cacheDir: '/c',
        provider: { kind: 'openai', model: 'env-model', dimensions: null, baseUrl: '' },
      },
      namedOrigin: 'https://api.openai.com',
      apiKey: 'key',
    });
  });

  it('gives OpenAI’s key to no other endpoint than the one OPENAI_BASE_URL pairs it with', () => {
    const own = { provider: 'openaiCompatible', baseUrl: 'https://llm.example.com/v1' };
    const key = { OPENAI_API_KEY: 'openai-key' };
    expect(settingsOf(own, key, '/').apiKey).toBeNull();
    const paired = { ...key, OPENAI_BASE_URL: 'https://llm.example.com/other' };
    expect(settingsOf(own, paired, '/').apiKey).toBe('openai-key');
    const elsewhere = { ...key, OPENAI_BASE_URL: 'https://other.example.com/v1' };
    expect(settingsOf(own, elsewhere, '/').apiKey).toBeNull();
    const named = { ...key, EMBEDDINGCACHE_API_KEY: 'own-key' };
    expect(settingsOf(own, named, '/').apiKey).toBe('own-key');
  });

  it.each([
    [{ provider: 'openaiCompatible' }, {}, '--base-url URL'],
    [{ provider: 'openai', baseUrl: 'api.openai.com' }, {}, 'not an address'],
    [{ provider: 'openai', baseUrl: 'http://api.openai.com/v1' }, {}, 'must begin with https://'],
    [{ model: 'text-embedding-3-small' }, {}, '--model needs --provider'],
    [{ dimensions: 8 }, {}, '--dimensions needs --provider'],
    [{}, { EMBEDDINGCACHE_PROVIDER: 'gpt' }, 'EMBEDDINGCACHE_PROVIDER names no known provider'],
  ])('refuses flags %j with environment %j', (flags, env, words) => {
    const read = (): unknown => settingsOf(flags, env, '/');
    expect(read).toThrow(UsageError);
    expect(read).toThrow(words);
  });
});
