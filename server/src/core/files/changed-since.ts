import { Failure } from '../errors.ts';
import { filtersOf } from './git-filters.ts';
import { askGit } from './git-process.ts';

/**
 * Paths in a folder, relative to it, that differ from a commit, branch or tag; untracked files that
 * git does not ignore are among them. Throws Failure `badSettings` where git cannot tell.
 */
export async function changedSince(
  folder: string,
  commit: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const filters = await filtersOf(folder, signal);
  const ask = (...args: string[]) => askGit(folder, args, signal, filters?.overrides);
  if (filters === null) throw new Failure('badSettings', `${folder} is not in a git repository`);
  const name = `${commit}^{commit}`;
  const found = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', name);
  const id = found?.toString('utf8').trim() ?? '';
  if (!/^[0-9a-f]{40,64}$/.test(id)) {
    throw new Failure('badSettings', `git knows no commit, branch or tag “${commit}” in ${folder}`);
  }
  const [changed, untracked] = await Promise.all([
    ask('diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', id, '--'),
    ask('ls-files', '--others', '--exclude-standard', '-z'),
  ]);
  if (!changed || !untracked) throw new Failure('badSettings', `git cannot compare ${folder}`);
  const paths = `${changed.toString('utf8')}${untracked.toString('utf8')}`.split('\0');
  return new Set(paths.filter((path) => path !== ''));
}
