import { describe, expect, it } from 'vitest';
import { count, dollars, size } from '../../../server/src/frontends/cli/output/figures.ts';

describe('figures', () => {
  it('counts in words', () => {
    expect(count(1, 'file')).toBe('1 file');
    expect(count(1204, 'chunk')).toBe('1,204 chunks');
    expect(count(2, 'miss')).toBe('2 misses');
  });

  it.each([
    [0, '$0.00'],
    [0.38, '$0.38'],
    [12, '$12.00'],
    [0.042, '$0.042'],
    [0.00000402, '$0.0000040'],
  ])('writes %d dollars as %s', (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [412_000_000, '412 MB'],
    [999_999, '1.0 MB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});
