import { describe, expect, it } from 'vitest';
import { environmentKey } from '../../../client/src/environment-key.ts';

const env = { OPENAI_API_KEY: 'sk-openai', COHERE_API_KEY: '', EMBEDDINGCACHE_API_KEY: 'own' };
const keyFor = (provider: string, origin: string) => environmentKey({ provider, origin }, env);

describe('a key from the environment', () => {
  it('goes to the provider’s own address', () => {
    expect(keyFor('openai', 'https://api.openai.com')).toBe('sk-openai');
  });

  it('goes to no other address, whoever set it', () => {
    expect(keyFor('openai', 'https://proxy.example.com')).toBeNull();
    expect(keyFor('openai', 'http://127.0.0.1:4000')).toBeNull();
    expect(keyFor('openaiCompatible', 'https://api.openai.com')).toBeNull();
  });

  it('is none where the variable is empty or missing', () => {
    expect(keyFor('cohere', 'https://api.cohere.com')).toBeNull();
    expect(keyFor('voyage', 'https://api.voyageai.com')).toBeNull();
  });
});
