import { describe, expect, it } from 'vitest';
import { embedTitle } from '../../../../client/src/ui/embed-title.ts';
import { english } from '../english.ts';

const result = {
  provider: 'embedded',
  model: 'code-static-256',
  dimensions: 256,
  milliseconds: 0.41,
};
const hit = { kind: 'hit', key: 'ab', norm: 1 } as const;

describe('the title of Embed Selection', () => {
  it('says who embedded it, how long the vector is, whether it was cached, and the time', () => {
    expect(embedTitle({ ...result, outcome: hit }, 'en', english)).toBe(
      'Embedded: built-in · 256 dims · hit · 0.4 ms',
    );
  });

  it('names a remote model', () => {
    const remote = { ...result, provider: 'openai', model: 'text-embedding-3-small' };
    const outcome = { ...hit, kind: 'miss' } as const;
    expect(embedTitle({ ...remote, outcome }, 'en', english)).toBe(
      'Embedded: text-embedding-3-small · 256 dims · miss · 0.4 ms',
    );
  });
});
