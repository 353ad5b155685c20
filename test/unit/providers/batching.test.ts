import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf, takeBatch } from '../../../server/src/core/providers/batching.ts';
import type { BatchLimits } from '../../../server/src/core/providers/provider.ts';

const lengthOf = (text: string) => ({ tokens: text.length, bytes: 10 * text.length });

describe('batchesOf', () => {
  it('fills a batch up to the number of items, in order', () => {
    const limits = { maxItems: 2, maxTokens: 100 };
    expect(batchesOf(['a', 'b', 'c', 'd', 'e'], limits, lengthOf)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
  });

  it('fills a batch up to the number of tokens and not one more', () => {
    const limits = { maxItems: 100, maxTokens: 4 };
    expect(batchesOf(['aa', 'bb', 'c', 'ddd', 'e'], limits, lengthOf)).toEqual([
      ['aa', 'bb'],
      ['c', 'ddd'],
      ['e'],
    ]);
  });

  it('fills a batch up to the number of bytes', () => {
    const limits = { maxItems: 100, maxTokens: 100, maxBytes: 20 };
    expect(batchesOf(['a', 'b', 'c'], limits, lengthOf)).toEqual([['a', 'b'], ['c']]);
  });

  it('gives an item above the limit a batch of its own', () => {
    const limits = { maxItems: 100, maxTokens: 4 };
    expect(batchesOf(['a', 'bbbbbbbb', 'c'], limits, lengthOf)).toEqual([
      ['a'],
      ['bbbbbbbb'],
      ['c'],
    ]);
    expect(batchesOf(['bbbbbbbb'], limits, lengthOf)).toEqual([['bbbbbbbb']]);
  });

  it('gives no batch for nothing', () => {
    expect(batchesOf([], { maxItems: 1, maxTokens: 1 }, lengthOf)).toEqual([]);
  });

  it('counts a text by its parts', () => {
    const limits = { maxItems: 4, maxTokens: 100 };
    const sizeOf = (text: string) => ({ items: text.length, tokens: 1, bytes: 1 });
    expect(batchesOf(['aaa', 'bb', 'c', 'd'], limits, sizeOf)).toEqual([['aaa'], ['bb', 'c', 'd']]);
  });
});

describe('takeBatch', () => {
  function take(waiting: string[], limits: BatchLimits, lookAhead = 100): string[] {
    const taking = takeBatch(waiting, limits, lengthOf, lookAhead);
    let step = taking.next();
    while (step.done !== true) step = taking.next();
    return step.value;
  }

  it('looks past what does not fit, and leaves it first in line', () => {
    const waiting = ['aaa', 'bbb', 'c', 'd', 'e'];
    expect(take(waiting, { maxItems: 3, maxTokens: 5 })).toEqual(['aaa', 'c', 'd']);
    expect(waiting).toEqual(['bbb', 'e']);
  });

  it('looks no further ahead than it is told', () => {
    const waiting = ['aaaa', 'bbbb', 'cccc', 'd'];
    expect(take(waiting, { maxItems: 2, maxTokens: 5 }, 1)).toEqual(['aaaa']);
    expect(waiting).toEqual(['bbbb', 'cccc', 'd']);
  });

  it('gives an item above the limit, and nothing, a batch of its own', () => {
    expect(take(['aaaaaa', 'b'], { maxItems: 2, maxTokens: 5 })).toEqual(['aaaaaa']);
    expect(take([], { maxItems: 2, maxTokens: 5 })).toEqual([]);
  });

  it('keeps the order where tokens never run out', () => {
    const waiting = ['a', 'bbb', 'c', 'dd'];
    expect(take(waiting, { maxItems: 2, maxTokens: 100 })).toEqual(['a', 'bbb']);
  });

  it('mixes long texts with short ones, so that items and tokens run out together', () => {
    const limits = { maxItems: 10, maxTokens: 100 };
    const waiting = Array.from({ length: 200 }, (_, i) =>
      'x'.repeat(i % 10 === 9 ? 60 : 1 + (i % 9)),
    );
    const tokens = waiting.reduce((sum, text) => sum + text.length, 0);
    const least = Math.ceil(Math.max(tokens / limits.maxTokens, waiting.length / limits.maxItems));
    let batches = 0;
    while (waiting.length > 0) {
      const batch = take(waiting, limits, 30);
      expect(batch.length).toBeLessThanOrEqual(limits.maxItems);
      expect(batch.join('').length).toBeLessThanOrEqual(limits.maxTokens);
      batches++;
    }
    expect(batches).toBeLessThanOrEqual(1.05 * least);
  });

  it('takes each item once, the first one always, within the limits', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
    const limit = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(sizes, limit, limit, limit, (lengths, maxItems, maxTokens, lookAhead) => {
        const texts = lengths.map((length, i) => `${i} `.padEnd(length, 'x'));
        const waiting = [...texts];
        const taken: string[] = [];
        while (waiting.length > 0) {
          const first = waiting[0]!;
          const batch = take(waiting, { maxItems, maxTokens }, lookAhead);
          expect(batch[0]).toBe(first);
          if (batch.length > 1) expect(batch.join('').length).toBeLessThanOrEqual(maxTokens);
          expect(batch.length).toBeLessThanOrEqual(maxItems);
          taken.push(...batch);
        }
        expect(taken.sort()).toEqual(texts.sort());
      }),
    );
  });
});
