import { createHash, type Hash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { CleanFile } from './file-source.ts';
import { filteredFiles, filtersOf, hasAttributesFor } from './git-filters.ts';
import { workTreeTop } from './git-folder.ts';
import { askGit } from './git-process.ts';

/** What git knows of a folder in a work tree, repositories nested in it included. */
export interface GitListing {
  /** Changes with any file added, removed, or known to git as changed, and with any commit. */
  readonly id: string;
  /** Tracked files that are as they were added. Read from git's output only when asked for. */
  clean(): Generator<CleanFile>;
  /** Changed, untracked, in conflict, filtered, or said not to be watched by git: to be looked at. */
  readonly loose: readonly string[];
  /** Untracked files that git ignores; folders end with a slash. */
  readonly ignored: readonly string[];
}

interface Repository {
  /** Path of its folder within the one asked about, with a trailing slash; '' for itself. */
  readonly at: string;
  /** Output of `git ls-files -s -v -z`. */
  readonly tracked: string;
  /** Paths that `git status` names, and filtered ones, relative to the repository's folder. */
  readonly changed: ReadonlySet<string>;
}

const ALL = /(?<tag>.) (?<mode>\d+) (?<blob>[0-9a-f]+) \d\t(?<path>[^\0]*)\0/gs;
/** Those that are not ordinary files as they were added: found without looking at the others. */
const EXCEPTIONS =
  /(?<=^|\0)(?:(?<tag>[^H]) (?<mode>\d+)|H (?<mode>160000)) (?<blob>[0-9a-f]+) \d\t(?<path>[^\0]*)\0/gs;
/** Tags of `ls-files -v`: ordinary, and left out of a sparse checkout. */
const CLEAN_OR_ABSENT: ReadonlySet<string> = new Set(['H', 'S', 's']);
const LINK = '120000';
const SUBMODULE = '160000';

/** Null when the folder is in no work tree, or git cannot say. */
export async function listByGit(folder: string, signal: AbortSignal): Promise<GitListing | null> {
  const hash = createHash('sha256');
  const repositories: Repository[] = [];
  const loose = new Set<string>();
  const ignored: string[] = [];
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const found = await lookInto(join(folder, at), signal, hash);
    if (!found) {
      if (at === '') return null;
      // A submodule that is not checked out, or a nested repository git will not open.
      loose.add(at.slice(0, -1));
      continue;
    }
    const changed = new Set<string>();
    for (const { state, path } of statusEntries(found.status, found.prefix)) {
      if (path === null) return null;
      if (state === '!!') ignored.push(at + path);
      else if (path.endsWith('/')) waiting.push(at + path);
      else {
        changed.add(path);
        loose.add(at + path);
      }
    }
    for (const path of found.filtered) {
      changed.add(path);
      loose.add(at + path);
    }
    repositories.push({ at, tracked: found.tracked, changed });
    for (const { mode, tag, path } of trackedEntries(found.tracked, EXCEPTIONS)) {
      if (mode === SUBMODULE && (await isRepository(join(folder, at, path)))) {
        waiting.push(`${at}${path}/`);
      } else if (mode !== SUBMODULE && mode !== LINK && !CLEAN_OR_ABSENT.has(tag)) {
        loose.add(at + path);
      }
    }
  }
  return {
    id: hash.digest('hex'),
    clean: () => cleanFiles(repositories),
    loose: [...loose],
    ignored,
  };
}

async function lookInto(
  folder: string,
  signal: AbortSignal,
  hash: Hash,
): Promise<{ tracked: string; status: string; filtered: string[]; prefix: string } | null> {
  const top = await workTreeTop(folder);
  const filters = top === null ? null : await filtersOf(folder, signal);
  if (top === null || !filters) return null;
  const { overrides } = filters;
  const askForFiltered = () => filteredFiles(folder, filters, signal);
  const foreseen = await hasAttributesFor(top, folder);
  const [tracked, status, atOnce] = await Promise.all([
    askGit(folder, ['ls-files', '-s', '-v', '-z'], signal, overrides),
    askGit(
      folder,
      [
        'status',
        '--porcelain',
        '-z',
        '--untracked-files=all',
        '--ignored=matching',
        '--ignore-submodules=all',
        '--no-renames',
        '--',
        '.',
      ],
      signal,
      overrides,
    ),
    foreseen ? askForFiltered() : null,
  ]);
  if (!tracked || !status) return null;
  const deeper = [tracked, status].some((output) => output.includes('.gitattributes\0'));
  const filtered = foreseen ? atOnce : deeper ? await askForFiltered() : Buffer.of();
  if (!filtered) return null;
  const prefix = prefixOf(top, folder);
  hash.update(prefix).update(`${tracked.length} `).update(tracked);
  hash.update(`${status.length} `).update(status).update(filtered);
  return {
    tracked: tracked.toString('utf8'),
    status: status.toString('utf8'),
    filtered: filtered.toString('utf8').split('\0').filter(Boolean),
    prefix,
  };
}

/** `XY path\0`, relative to the work tree's top; null for a path outside the folder asked about. */
function* statusEntries(
  output: string,
  prefix: string,
): Generator<{ state: string; path: string | null }> {
  for (const entry of output.split('\0')) {
    if (entry === '') continue;
    const path = entry.slice(3);
    yield {
      state: entry.slice(0, 2),
      path: path.startsWith(prefix) && path !== prefix ? path.slice(prefix.length) : null,
    };
  }
}

/** Entries of `TAG MODE BLOB STAGE\tPATH\0` that `which` finds. */
function* trackedEntries(
  output: string,
  which: RegExp,
): Generator<{ tag: string; mode: string; blob: string; path: string }> {
  for (const { groups } of output.matchAll(which)) {
    const { tag = '', mode = '', blob = '', path = '' } = groups ?? {};
    yield { tag, mode, blob, path };
  }
}

function* cleanFiles(repositories: readonly Repository[]): Generator<CleanFile> {
  for (const { at, tracked, changed } of repositories) {
    for (const { tag, mode, blob, path } of trackedEntries(tracked, ALL)) {
      if (tag !== 'H' || mode === LINK || mode === SUBMODULE || changed.has(path)) continue;
      yield { path: at + path, blob };
    }
  }
}

/** Where the folder stands in its work tree: '' or `sub/folder/`. */
function prefixOf(top: string, folder: string): string {
  const names = relative(top, folder).split(sep).filter(Boolean);
  return names.map((name) => `${name}/`).join('');
}

/** Without a repository of its own git would answer for the one around it. */
async function isRepository(folder: string): Promise<boolean> {
  try {
    await lstat(join(folder, '.git'));
    return true;
  } catch {
    // Absent or unreadable: either way git has nothing to say here.
    return false;
  }
}
