import { describe, expect, it } from 'vitest';
import { bestLinesOf } from '../../../server/src/core/search/best-lines.ts';
import { literalsOf } from '../../../server/src/core/search/literals.ts';
import { termsOf } from '../../../server/src/core/search/query-terms.ts';

const CODE = `/** Waits longer each time. */
export async function backoff(attempt) {
  const base = 100;
  const wait = Math.min(cap, base * 2 ** attempt);

  await sleep(wait);
  if (attempt > limit) {
    throw new Error('gave up: too many attempts');
  }
  return wait;
}`;

/** The lines a query is shown. */
function shown(query: string, text = CODE, symbols = ['backoff']): string[] {
  const { first, last } = bestLinesOf(text, symbols, termsOf(query), literalsOf(query));
  return text
    .split('\n')
    .slice(first, last + 1)
    .map((line) => line.trim());
}

describe('the best lines of a chunk', () => {
  it('hold most of the words asked for', () => {
    expect(shown('minimum of cap and base')).toEqual([
      'const base = 100;',
      'const wait = Math.min(cap, base * 2 ** attempt);',
    ]);
    expect(shown('errors when it gave up')).toEqual([
      "throw new Error('gave up: too many attempts');",
    ]);
  });

  it('are few, and begin and end with something asked for', () => {
    for (const query of ['wait', 'attempt', 'sleep and return', 'base wait sleep throw']) {
      const lines = shown(query);
      expect(lines.length).toBeLessThanOrEqual(3);
      expect(lines[0]).not.toBe('');
      expect(lines.at(-1)).not.toBe('');
    }
  });

  it('hold a word that is rare in the chunk, rather than one that all lines have', () => {
    const text = `${'user list\n'.repeat(5)}x\nx\nx\ntoken`;
    expect(shown('token in a list of users', text, [])).toEqual(['token']);
  });

  it('hold copied text letter for letter, before all words', () => {
    const text = 'wait, then sleep\nSleep(wait)\nx\ny\nz\nawait sleep(wait);';
    expect(shown('"sleep(wait)"', text, [])).toEqual(['await sleep(wait);']);
    expect(shown('<=>', 'a <= b\nb >= a\nc\nd\ne\na <=> b', [])).toEqual(['a <=> b']);
  });

  it('are the definition, where a name stands on several lines', () => {
    const text = 'call(retry)\na\nb\nc\nfunction retry() {\n  d\n  e\n  retry()';
    expect(shown('retry', text, ['retry'])).toEqual(['function retry() {']);
  });

  it('are the definition a hit is called by, else the first with text, where nothing is held', () => {
    expect(shown('pause between network hiccups')).toEqual([
      'export async function backoff(attempt) {',
    ]);
    const text = 'const base = 1;\nfunction wait() {}';
    expect(shown('nothing', text, ['base', 'wait'])).toEqual(['function wait() {}']);
    expect(shown('nothing', '{\n\n  x();\n', [])).toEqual(['x();']);
    expect(shown('nothing', '', [])).toEqual(['']);
  });
});
