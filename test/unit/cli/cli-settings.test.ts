import path from 'node:path';
import envPaths from 'env-paths';
import { describe, expect, it } from 'vitest';
import { providerConfigOf } from '../../../server/src/core/providers/provider-config.ts';
import { PROVIDERS } from '../../../server/src/core/providers/provider-table.ts';
import {
  settingsOf,
  type Environment,
  type GlobalOptions,
} from '../../../server/src/frontends/cli/cli-settings.ts';
import { UsageError } from '../../../server/src/frontends/cli/usage-error.ts';

describe('settings of the command line', () => {
  it('takes the platform’s data folder and the embedded provider where nothing is said', () => {
    expect(settingsOf({}, {}, '/work')).toEqual({
      config: {
        cacheDir: envPaths('embeddingcache', { suffix: '' }).data,
        provider: providerConfigOf('embedded'),
        network: { proxy: '', noProxy: [], caFile: '' },
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
      https_proxy: 'http://p.test:3128',
      NO_PROXY: 'a.test, b.test',
      EMBEDDINGCACHE_CA_FILE: 'ca.pem',
    };
    expect(settingsOf({ cacheDir: '/c' }, env, '/work')).toEqual({
      config: {
        cacheDir: '/c',
        provider: providerConfigOf('openai', { model: 'env-model' }),
        network: {
          proxy: 'http://p.test:3128',
          noProxy: ['a.test', 'b.test'],
          caFile: path.resolve('/work/ca.pem'),
        },
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
    ['azureOpenai', 'AZURE_OPENAI_API_KEY'],
    ['cohere', 'CO_API_KEY'],
    ['cohere', 'COHERE_API_KEY'],
    ['voyage', 'VOYAGE_API_KEY'],
    ['gemini', 'GEMINI_API_KEY'],
    ['gemini', 'GOOGLE_API_KEY'],
    ['mistral', 'MISTRAL_API_KEY'],
    ['jina', 'JINA_API_KEY'],
  ])('takes the key of %s from %s, and from no other provider’s variable', (provider, name) => {
    const azure = { AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com' };
    const others = PROVIDERS.filter(({ kind }) => kind !== provider)
      .flatMap(({ remote }) => remote?.keyVariables ?? [])
      .map((variable) => [variable, 'other'] as const);
    const env: Record<string, string> = { ...azure, ...Object.fromEntries(others) };
    expect(settingsOf({ provider }, env, '/').apiKey).toBeNull();
    expect(settingsOf({ provider }, { ...env, [name]: 'own' }, '/').apiKey).toBe('own');
  });

  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['http://box.local:9000', null],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    [':4711', 'http://127.0.0.1:4711'],
    ['localhost:4711', 'http://localhost:4711'],
    ['https://ollama.example.com', 'https://ollama.example.com'],
  ])('finds Ollama at OLLAMA_HOST %s', (host, origin) => {
    const read = () => settingsOf({ provider: 'ollama' }, { OLLAMA_HOST: host }, '/').namedOrigin;
    if (origin === null) expect(read).toThrow('must begin with https://');
    else expect(read()).toBe(origin);
  });

  it('takes Azure’s deployment and version from the environment', () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com/',
      AZURE_OPENAI_DEPLOYMENT: 'small',
      AZURE_OPENAI_API_VERSION: '2024-10-21',
    };
    expect(settingsOf({ provider: 'azureOpenai' }, env, '/').config.provider).toMatchObject({
      baseUrl: 'https://me.openai.azure.com/',
      deployment: 'small',
      apiVersion: '2024-10-21',
    });
  });

  it('names a local model by a name or a folder, a flag before a variable', () => {
    const local = (flags: GlobalOptions, env: Environment) => {
      const { config, namedOrigin } = settingsOf(
        { provider: 'transformers', ...flags },
        env,
        '/at',
      );
      expect(namedOrigin).toBeNull();
      return [config.provider.model, config.provider.modelFolder];
    };
    const both = { EMBEDDINGCACHE_MODEL: 'bge', EMBEDDINGCACHE_MODEL_FOLDER: '/models/e5' };
    expect(local({ model: 'minilm' }, both)).toEqual(['minilm', '']);
    expect(local({ modelFolder: 'mine' }, both)).toEqual(['', '/at/mine']);
    expect(local({}, both)).toEqual(['bge', '']);
    expect(local({}, { EMBEDDINGCACHE_MODEL_FOLDER: '/models/e5' })).toEqual(['', '/models/e5']);
  });

  it.each([
    [{ provider: 'azureOpenai' }, {}, '--base-url URL'],
    [{ provider: 'openaiCompatible' }, {}, '--base-url URL'],
    [{ provider: 'openai', baseUrl: 'api.openai.com' }, {}, 'not an address'],
    [{ provider: 'openai', baseUrl: 'http://api.openai.com/v1' }, {}, 'must begin with https://'],
    [{ model: 'text-embedding-3-small' }, {}, '--model needs another --provider'],
    [{ dimensions: 8 }, {}, '--dimensions needs another --provider'],
    [{ provider: 'transformers' }, {}, 'needs --model NAME or --model-folder'],
    [{ provider: 'transformers', model: 'a', modelFolder: 'b' }, {}, 'not by both'],
    [{ provider: 'transformers', baseUrl: 'http://a' }, {}, '--base-url means nothing'],
    [{ provider: 'ollama', modelFolder: 'b' }, {}, '--model-folder needs --provider transformers'],
    [{}, { EMBEDDINGCACHE_PROVIDER: 'gpt' }, 'EMBEDDINGCACHE_PROVIDER names no known provider'],
  ])('refuses flags %j with environment %j', (flags, env, words) => {
    const read = (): unknown => settingsOf(flags, env, '/');
    expect(read).toThrow(UsageError);
    expect(read).toThrow(words);
  });
});
