import { describe, expect, it } from 'vitest';
import { indexedShare } from '../../../../client/src/ui/indexed-share.ts';

describe('indexedShare', () => {
  it('never takes a run for done before every file is read', () => {
    const step = {
      filesDone: 1,
      filesTotal: 100,
      chunksDone: 5,
      chunksTotal: 5,
      tokens: 0,
      secondsLeft: null,
    };
    expect(indexedShare(step)).toBeLessThan(0.02);
  });

  it('grows from nothing to all', () => {
    const start = {
      filesDone: 0,
      filesTotal: 0,
      chunksDone: 0,
      chunksTotal: 0,
      tokens: 0,
      secondsLeft: null,
    };
    const end = {
      filesDone: 9,
      filesTotal: 9,
      chunksDone: 40,
      chunksTotal: 40,
      tokens: 0,
      secondsLeft: null,
    };
    expect(indexedShare(start)).toBe(0);
    expect(indexedShare(end)).toBe(1);
  });
});
