import picomatch from 'picomatch';
import { languageOf } from '../files/language-of.ts';
import type { SearchOptions } from './search-hit.ts';

/**
 * Whether a path may be among the hits. A glob without a slash matches names in any folder
 * (`*.ts`); a plain path matches the file, or the folder with all in it.
 */
export function pathFilter({
  path: glob,
  language,
}: Pick<SearchOptions, 'path' | 'language'>): (path: string) => boolean {
  const inGlob = glob === undefined || glob === '' ? null : globFilter(glob);
  return (path) =>
    (inGlob === null || inGlob(path)) && (language === undefined || languageOf(path) === language);
}

function globFilter(glob: string): (path: string) => boolean {
  const trimmed = glob.replace(/^\.?\//, '').replace(/\/$/, '');
  const matches = picomatch(trimmed, { dot: true, basename: !trimmed.includes('/') });
  return (path) => matches(path) || path.startsWith(`${trimmed}/`);
}
