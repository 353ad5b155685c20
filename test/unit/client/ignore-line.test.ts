import ignore from 'ignore';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ignoreLine, withLine } from '../../../client/src/ignore-line.ts';

const name = fc
  .stringMatching(/^[a-zA-Z0-9 !#*?[\]\\._-]{1,12}$/)
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

describe('the line for a path', () => {
  it('ignores it and nothing else, whatever the name', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        const rules = ignore({ ignorecase: false }).add({ pattern: ignoreLine(one, false) });
        expect(rules.ignores(one)).toBe(true);
        if (other !== one && !other.startsWith(`${one}/`)) expect(rules.ignores(other)).toBe(false);
      }),
    );
  });

  it('is for a folder only where it stands for one', () => {
    expect(ignoreLine('src/out', true)).toBe('/src/out/');
    expect(ignoreLine('src/out', false)).toBe('/src/out');
  });

  it('is added once, on a line of its own', () => {
    expect(withLine('', '/a')).toBe('/a\n');
    expect(withLine('x', '/a')).toBe('x\n/a\n');
    expect(withLine('/a\r\ny\r\n', '/a')).toBe('/a\r\ny\r\n');
  });
});
