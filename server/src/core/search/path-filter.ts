import picomatch from 'picomatch';
import { languageOf } from '../files/language-of.ts';
import type { PathFilter } from '../index/index-reader.ts';
import type { SearchFilters } from './search-hit.ts';
import { isTestFile } from './test-files.ts';

/**
 * Whether a path may be among the hits. A glob without a slash matches names in any folder
 * (`*.ts`); a plain path matches the file, or the folder with all in it.
 *
 * @param changed Paths that `changedSince` stands for in this folder; null without that filter.
 */
export function pathFilter(
  { path: glob, language, tests }: SearchFilters,
  changed: ReadonlySet<string> | null = null,
): PathFilter {
  const conditions: ((path: string) => boolean)[] = [];
  if (changed !== null) conditions.push((path) => changed.has(path));
  if (language !== undefined) conditions.push((path) => languageOf(path) === language);
  if (tests !== undefined) conditions.push((path) => isTestFile(path) === tests);
  if (glob !== undefined && glob !== '') conditions.push(globFilter(glob));
  if (conditions.length === 0) return null;
  // A path is asked about once for each of its chunks.
  const known = new Map<string, boolean>();
  return (path) => {
    let accepted = known.get(path);
    if (accepted === undefined) {
      known.set(path, (accepted = conditions.every((holds) => holds(path))));
    }
    return accepted;
  };
}

function globFilter(glob: string): (path: string) => boolean {
  const trimmed = glob.replace(/^\.?\//, '').replace(/\/$/, '');
  const matches = picomatch(trimmed, { dot: true, basename: !trimmed.includes('/') });
  return (path) => matches(path) || path.startsWith(`${trimmed}/`);
}
