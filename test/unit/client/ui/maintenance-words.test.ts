import { describe, expect, it } from 'vitest';
import { importedWords } from '../../../../client/src/ui/maintenance-words.ts';
import { english } from '../english.ts';

const report = {
  added: 1200,
  present: 3,
  refused: 0,
  leftOut: 0,
  texts: 0,
  complete: true,
  modelMissing: false,
};
const words = (changes: Partial<typeof report>) =>
  importedWords({ ...report, ...changes }, 'en', english);

describe('the words of an import', () => {
  it('say what was taken', () => {
    expect(words({})).toBe('1,200 embeddings imported, 3 were there already.');
  });

  it('say what was not taken, and what to do', () => {
    expect(words({ refused: 2 })).toContain('2 were refused as damaged.');
    expect(words({ leftOut: 4 })).toContain('4 were left out');
    expect(words({ modelMissing: true })).toContain('import them again once it does');
    expect(words({ complete: false })).toContain('get it again');
  });
});
