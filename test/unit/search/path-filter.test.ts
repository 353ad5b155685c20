import { expect, it } from 'vitest';
import { pathFilter } from '../../../server/src/core/search/path-filter.ts';

it.each([
  ['*.ts', 'src/deep/a.ts', true],
  ['*.ts', 'src/deep/a.tsx', false],
  ['src/**', 'src/deep/a.ts', true],
  ['src/*.ts', 'src/deep/a.ts', false],
  ['src', 'src/deep/a.ts', true],
  ['./src/', 'src/a.ts', true],
  ['src', 'srcs/a.ts', false],
  ['**/*.{go,rs}', 'x/y.rs', true],
  ['src/a.ts', 'src/a.ts', true],
  ['.github/**', '.github/workflows/ci.yml', true],
  ['**/*.yml', '.github/workflows/ci.yml', true],
])('with glob %s, %s passes: %s', (glob, path, passes) => {
  expect(pathFilter({ path: glob })!(path)).toBe(passes);
});

it('keeps to one language', () => {
  const accepts = pathFilter({ language: 'python', path: 'src/**' })!;
  expect(['src/a.py', 'src/a.ts', 'lib/a.py'].filter(accepts)).toEqual(['src/a.py']);
});

it('passes all without a filter', () => {
  expect(pathFilter({})).toBeNull();
  expect(pathFilter({ path: '' })).toBeNull();
});

it('keeps to tests, to all but tests, and to files that changed', () => {
  const paths = ['src/a.ts', 'src/a.test.ts', 'tests/b.py'];
  expect(paths.filter(pathFilter({ tests: true })!)).toEqual(['src/a.test.ts', 'tests/b.py']);
  expect(paths.filter(pathFilter({ tests: false })!)).toEqual(['src/a.ts']);
  expect(paths.filter(pathFilter({}, new Set(['tests/b.py']))!)).toEqual(['tests/b.py']);
});
