import { describe, expect, it } from 'vitest';
import { type SymbolNode, symbolAt } from '../../../client/src/symbol-at.ts';

const variable = 12;
const method = 5;

function node(name: string, kind: number, lines: [number, number], children: SymbolNode[] = []) {
  const [from, to] = lines;
  const range = { start: { line: from, character: 0 }, end: { line: to, character: 1 } };
  return { name, kind, range, children };
}

const tree = [
  node(
    'Cart',
    method - 1,
    [0, 20],
    [
      node('total', method, [2, 8], [node('sum', variable, [3, 3])]),
      node('clear', method, [10, 12]),
    ],
  ),
  node('answer', variable, [22, 22]),
];
const isDefinition = (kind: number): boolean => kind < variable;
const at = (line: number) => symbolAt(tree, { line, character: 0 }, isDefinition)?.name ?? null;

describe('symbolAt', () => {
  it('takes the function around a local variable, not the variable', () => {
    expect(at(3)).toBe('total');
  });

  it('takes the innermost definition', () => {
    expect(at(11)).toBe('clear');
    expect(at(15)).toBe('Cart');
  });

  it('takes a variable where it stands alone', () => {
    expect(at(22)).toBe('answer');
  });

  it('takes nothing between symbols', () => {
    expect(at(21)).toBeNull();
  });
});
