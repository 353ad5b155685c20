import { describe, expect, it } from 'vitest';
import { hitItem, isSameHit } from '../../../../client/src/ui/hit-item.ts';
import type { SearchHit } from '../../../../server/protocol/search-hit.ts';

const hit: SearchHit = {
  uri: 'file:///shop/src/net/retry.ts',
  path: 'src/net/retry.ts',
  startLine: 12,
  endLine: 40,
  score: 0.8,
  text: 'function backoff() {\n\n  const wait = Math.min(cap, base * 2);\n}',
  best: { startLine: 14, endLine: 15 },
  symbols: ['Retry', 'backoff'],
  why: { meaning: 0.9, words: null, fused: 0.9, exact: 0, steps: [], relevance: null },
};

describe('a search hit in a quick pick', () => {
  it('has nothing but an icon as its label, so that the server’s order holds', () => {
    const item = hitItem(hit, hit.path);
    expect(item.label).toBe('$(symbol-method)');
    expect(item.description).toBe('backoff  src/net/retry.ts:12');
    expect(item.alwaysShow).toBe(true);
  });

  it('shows the lines that fit best, in one row', () => {
    expect(hitItem(hit, hit.path).detail).toBe('const wait = Math.min(cap, base * 2); ⏎ }');
    const best = { startLine: 12, endLine: 13 };
    expect(hitItem({ ...hit, best }, hit.path).detail).toBe('function backoff() {');
  });

  it('is named after what the best lines lie in, where the chunk defines several things', () => {
    const text = 'function waitBefore() {\n  sleep();\n}\nfunction numberIn() {\n  parse();\n}';
    const two = { ...hit, text, startLine: 1, endLine: 6, symbols: ['waitBefore', 'numberIn'] };
    const named = (startLine: number, endLine: number) =>
      hitItem({ ...two, best: { startLine, endLine } }, 'a.ts').description;
    expect(named(1, 2)).toBe('waitBefore  a.ts:1');
    expect(named(4, 5)).toBe('numberIn  a.ts:1');
  });

  it('names the place alone where the chunk defines nothing', () => {
    const item = hitItem({ ...hit, symbols: [] }, hit.path);
    expect(item.label).toBe('$(file)');
    expect(item.description).toBe('src/net/retry.ts:12');
  });

  it('shows code as it is, not as icons, and no control characters', () => {
    const text = "\u001b[31m$(document).ready\t('x')";
    const best = { startLine: hit.startLine, endLine: hit.startLine };
    const item = hitItem({ ...hit, text, best }, hit.path);
    expect(item.detail).toBe("[31m\\$(document).ready ('x')");
  });

  it('is the same hit after its score changed, and another one after it moved', () => {
    expect(isSameHit(hit, { ...hit, score: 0.1 })).toBe(true);
    expect(isSameHit(hit, { ...hit, startLine: 13 })).toBe(false);
  });
});
