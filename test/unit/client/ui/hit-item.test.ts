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
  symbols: ['Retry', 'backoff'],
  why: { meaning: 0.9, words: null, fused: 0.9, exact: 0, steps: [], relevance: null },
};

describe('a search hit in a quick pick', () => {
  it('has nothing but an icon as its label, so that the server’s order holds', () => {
    const item = hitItem(hit, 'wait', hit.path);
    expect(item.label).toBe('$(symbol-method)');
    expect(item.description).toBe('backoff  src/net/retry.ts:12');
    expect(item.alwaysShow).toBe(true);
  });

  it('shows the line with most of the words asked for', () => {
    expect(hitItem(hit, 'min wait', hit.path).detail).toBe('const wait = Math.min(cap, base * 2);');
  });

  it('shows the first line with any text where no word is found', () => {
    expect(hitItem(hit, 'nowhere', hit.path).detail).toBe('function backoff() {');
    expect(hitItem({ ...hit, text: '{\n}\n  x()' }, '', hit.path).detail).toBe('x()');
  });

  it('names the place alone where the chunk defines nothing', () => {
    const item = hitItem({ ...hit, symbols: [] }, '', hit.path);
    expect(item.label).toBe('$(file)');
    expect(item.description).toBe('src/net/retry.ts:12');
  });

  it('shows code as it is, not as icons, and no control characters', () => {
    const item = hitItem({ ...hit, text: "\u001b[31m$(document).ready\t('x')" }, '', hit.path);
    expect(item.detail).toBe("[31m\\$(document).ready ('x')");
  });

  it('is the same hit after its score changed, and another one after it moved', () => {
    expect(isSameHit(hit, { ...hit, score: 0.1 })).toBe(true);
    expect(isSameHit(hit, { ...hit, startLine: 13 })).toBe(false);
  });
});
