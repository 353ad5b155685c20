import { describe, expect, it } from 'vitest';
import { blockAt } from '../../../client/src/block-at.ts';

const code = `import x from 'x';

function total(cart) {
  let sum = 0;

  for (const line of cart) {
    sum += line.price;
  }
  return sum;
}

def clear(cart):
    cart.lines = []
`.split('\n');

describe('blockAt', () => {
  it('spans a function from its head to its closing bracket', () => {
    for (const line of [2, 3, 6, 9]) expect(blockAt(code, line)).toEqual({ start: 2, end: 9 });
  });

  it('spans a block that ends with its indentation', () => {
    expect(blockAt(code, 12)).toEqual({ start: 11, end: 12 });
  });

  it('is one line where nothing belongs to it', () => {
    expect(blockAt(code, 0)).toEqual({ start: 0, end: 0 });
  });

  it('is nothing on an empty line', () => {
    expect(blockAt(code, 1)).toBeNull();
    expect(blockAt([], 0)).toBeNull();
  });
});
