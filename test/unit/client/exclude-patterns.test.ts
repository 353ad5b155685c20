import { describe, expect, it } from 'vitest';
import { editorExcludes, ownExcludes } from '../../../client/src/exclude-patterns.ts';

const lines = (value: unknown) =>
  editorExcludes('files.exclude', value).map(({ pattern }) => pattern);

describe('patterns of the editor’s settings', () => {
  it('become lines of an ignore file that name their setting', () => {
    expect(editorExcludes('search.exclude', { '**/dist': true })).toEqual([
      { pattern: '**/dist', setting: 'search.exclude' },
    ]);
    expect(ownExcludes(['*.sql'])).toEqual([
      { pattern: '*.sql', setting: 'embeddingCache.indexing.exclude' },
    ]);
  });

  it('hold from the top of the folder unless they begin with **/', () => {
    expect(lines({ 'out/**': true, '**/*.log': true, '/x': true })).toEqual([
      '/out/**',
      '**/*.log',
      '/x',
    ]);
  });

  it('are written out where they have braces', () => {
    expect(lines({ '**/*.{js,map}': true, '{a,b}/{c,d}': true })).toEqual([
      '**/*.js',
      '**/*.map',
      '/a/c',
      '/a/d',
      '/b/c',
      '/b/d',
    ]);
  });

  it('do not take a name for a comment or a negation', () => {
    expect(lines({ '**/#x': true, '!y': true })).toEqual(['**/\\#x', '/\\!y']);
  });

  it('are left out where they are switched off or hold only beside another file', () => {
    expect(lines({ a: false, '**/*.js': { when: '$(basename).ts' }, b: 'yes' })).toEqual([]);
    expect(lines(null)).toEqual([]);
    expect(lines(['a'])).toEqual([]);
  });

  it('never grow without bound', () => {
    expect(lines({ ['{a,b}'.repeat(30)]: true }).length).toBeLessThan(300);
  });
});
