import { expect, it } from 'vitest';
import { languageOf } from '../../../server/src/core/files/language-of.ts';

it.each([
  ['src/a.ts', 'typescript'],
  ['src/a.test.tsx', 'typescriptreact'],
  ['lib/x.PY', 'python'],
  ['Dockerfile', 'dockerfile'],
  ['build/Makefile', 'makefile'],
  ['README.md', 'markdown'],
  ['LICENSE', null],
  ['src.ts/unknown.zzz', null],
])('knows the language of %s', (path, language) => {
  expect(languageOf(path)).toBe(language);
});
