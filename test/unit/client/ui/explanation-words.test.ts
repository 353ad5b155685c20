import { describe, expect, it } from 'vitest';
import { explanationWords } from '../../../../client/src/ui/explanation-words.ts';
import type { FileExplanation } from '../../../../server/protocol/explain.ts';
import { english } from '../english.ts';

const words = (changes: Partial<FileExplanation>): string =>
  explanationWords(
    { path: 'a.ts', indexed: false, reason: 'notYet', rule: null, chunks: [], ...changes },
    'en',
    english,
  );

const chunk = { startLine: 1, endLine: 2, symbols: [], failure: null, looksSecret: false };

describe('why a file is (not) indexed', () => {
  it('names the ignore file and line, or the setting', () => {
    const rule = { source: 'src/.gitignore', line: 12, pattern: 'out/' };
    expect(words({ reason: 'ignored', rule })).toBe(
      'Not indexed: src/.gitignore, line 12 leaves it out: out/',
    );
    expect(
      words({ reason: 'ignored', rule: { ...rule, source: 'files.exclude', line: null } }),
    ).toBe('Not indexed: out/ in the setting files.exclude leaves it out.');
  });

  it('counts the chunks of a file that is indexed', () => {
    expect(words({ reason: 'indexed', chunks: [chunk] })).toBe('Indexed, as one chunk.');
    expect(words({ reason: 'indexed', chunks: [chunk, chunk] })).toBe('Indexed, as 2 chunks.');
  });

  it('says that chunks which look secret are not sent', () => {
    const chunks = [chunk, { ...chunk, looksSecret: true }];
    expect(words({ reason: 'looksSecret', indexed: true, chunks })).toBe(
      'Indexed, but not sent where it looks like it holds a key or password: 1 of 2 chunks. Words find them all the same.',
    );
  });
});
