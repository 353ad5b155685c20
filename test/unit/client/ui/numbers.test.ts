import { describe, expect, it } from 'vitest';
import {
  bytes,
  milliseconds,
  percent,
  shortCount,
  usd,
} from '../../../../client/src/ui/numbers.ts';

describe('numbers', () => {
  it('shortens counts so that the status bar keeps its width', () => {
    const shown = [0, 999, 1000, 1234, 9999, 84_213, 999_499, 999_500, 3_140_000];
    expect(shown.map((value) => shortCount(value, 'en'))).toEqual([
      '0',
      '999',
      '1k',
      '1.2k',
      '10k',
      '84k',
      '999k',
      '1M',
      '3.1M',
    ]);
  });

  it('shows 100% only when nothing was missed', () => {
    expect(percent(9999, 10_000, 'en')).toBe('99%');
    expect(percent(10_000, 10_000, 'en')).toBe('100%');
    expect(percent(0, 0, 'en')).toBe('0%');
  });

  it('does not show little money as none', () => {
    expect(usd(0.0004, 'en')).toBe('$0.0004');
    expect(usd(0, 'en')).toBe('$0.00');
    expect(usd(3.4, 'en')).toBe('$3.40');
  });

  it('picks the unit of a size', () => {
    expect(bytes(0, 'en')).toBe('0 byte');
    expect(bytes(1500, 'en')).toBe('1.5 kB');
    expect(bytes(412_345_678, 'en')).toBe('412 MB');
  });

  it('writes numbers as the language does', () => {
    expect(shortCount(1234, 'de')).toBe('1,2k');
    expect(milliseconds(0.42, 'de')).toBe('0,4 ms');
  });
});
