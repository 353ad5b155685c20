import { describe, expect, it } from 'vitest';
import { batchesOf, takeBatch } from '../../../server/src/core/providers/batching.ts';

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
});

describe('takeBatch', () => {
  it('looks past what does not fit, and leaves it first in line', () => {
    const waiting = ['aaa', 'bbb', 'c', 'd', 'e'];
    const taking = takeBatch(waiting, { maxItems: 3, maxTokens: 5 }, lengthOf, 1);
    let step = taking.next();
    while (step.done !== true) step = taking.next();
    expect(step.value).toEqual(['aaa', 'c', 'd']);
    expect(waiting).toEqual(['bbb', 'e']);
  });

  it('counts a text by its parts', () => {
    const limits = { maxItems: 4, maxTokens: 100 };
    const sizeOf = (text: string) => ({ items: text.length, tokens: 1, bytes: 1 });
    expect(batchesOf(['aaa', 'bb', 'c', 'd'], limits, sizeOf)).toEqual([['aaa'], ['bb', 'c', 'd']]);
  });
});
