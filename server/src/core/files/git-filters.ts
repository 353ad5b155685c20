import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { fileNamedByGit, userGitFolder } from './git-config.ts';
import { gitFolderOf } from './git-folder.ts';
import { askGit } from './git-process.ts';

export interface GitFilters {
  /**
   * Environment for `askGit` that takes the programs out of filters which the repository itself
   * configures (`git status` runs them on files whose time changed); the user's own, such as LFS,
   * stay.
   */
  readonly overrides: Readonly<Record<string, string>>;
  /** Names of all filters that are configured, by whomever. */
  readonly drivers: ReadonlySet<string>;
}

/** Null when git is too old to tell where a setting comes from, or cannot say. */
export async function filtersOf(folder: string, signal: AbortSignal): Promise<GitFilters | null> {
  const listed = await askGit(folder, ['config', '--show-scope', '--list', '-z'], signal);
  if (listed === null) return null;
  const drivers = new Set<string>();
  const own = new Set<string>();
  const fields = listed.toString('utf8').split('\0');
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const scope = fields[i];
    const name = fields[i + 1]!.split('\n', 1)[0]!;
    const driver = /^filter\.(.+)\.(?:clean|smudge|process|required)$/s.exec(name)?.[1];
    if (driver === undefined) continue;
    drivers.add(driver);
    if (scope === 'local' || scope === 'worktree') own.add(driver);
  }
  const settings = [...own].flatMap((driver) => [
    [`filter.${driver}.clean`, ''],
    [`filter.${driver}.process`, ''],
    [`filter.${driver}.required`, 'false'],
  ]);
  const overrides: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [i, [key, value]] of settings.entries()) {
    overrides[`GIT_CONFIG_KEY_${i}`] = key!;
    overrides[`GIT_CONFIG_VALUE_${i}`] = value!;
  }
  return { overrides, drivers };
}

/**
 * Output of `git ls-files -z` for files whose text on disk is not what git has, because a filter or
 * `ident` makes it. Git calls them unchanged whatever the filter makes of them now: LFS may have
 * left a pointer, and fetch the text later. Null where git cannot say.
 */
export async function filteredFiles(
  folder: string,
  { overrides, drivers }: GitFilters,
  signal: AbortSignal,
): Promise<Buffer | null> {
  // Git does not match values with any other character.
  if ([...drivers].some((driver) => !/^[\w-]+$/.test(driver))) return null;
  const which = [':(attr:ident)', ...[...drivers].map((driver) => `:(attr:filter=${driver})`)];
  return askGit(folder, ['ls-files', '-z', '--', ...which], signal, overrides);
}

/** Whether attributes are named for a folder: by the user, the repository, in it or above it. */
export async function hasAttributesFor(top: string, folder: string): Promise<boolean> {
  const gitFolder = await gitFolderOf(top);
  const named = await fileNamedByGit('core.attributesfile', { top, gitFolder });
  const files = [
    named ?? path.join(userGitFolder(), 'attributes'),
    '/etc/gitattributes',
    path.join(gitFolder, 'info', 'attributes'),
  ];
  for (let at = folder; ; at = path.dirname(at)) {
    files.push(path.join(at, '.gitattributes'));
    if (at === top) break;
  }
  const found = await Promise.all(files.map((file) => lstat(file).catch(() => null)));
  return found.some((file) => file !== null);
}
