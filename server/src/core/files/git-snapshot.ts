import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CleanFile, FolderSnapshot, Listing, SkippedFile } from './file-source.ts';
import { FolderRules, type FolderRulesOptions } from './folder-rules.ts';
import { listByGit, type GitListing } from './git-listing.ts';
import { isIgnoreFile } from './ignore-rules.ts';
import { lookAtFiles, thoseThatAreFiles } from './look-at-files.ts';
import { namesOnDisk } from './names-on-disk.ts';
import { walkFolder } from './walk-folder.ts';

export interface GitSnapshotOptions extends Pick<FolderRulesOptions, 'root' | 'excluded'> {
  readonly maxBytes: number;
}

/** Long enough to be cheap, short enough that nobody waits noticeably for the event loop. */
const SLICE_MS = 10;

/** A folder as git sees it; null where git cannot say. Rules are the same as for a walk. */
export async function takeGitSnapshot(
  options: GitSnapshotOptions,
  signal: AbortSignal,
): Promise<FolderSnapshot | null> {
  const listing = await listByGit(options.root, signal);
  if (!listing) return null;
  return {
    id: await idOf(listing, options),
    loose: listing.loose,
    list: (during) => listFrom(listing, options, during),
  };
}

/** Ignore files that git does not vouch for decide, too, and so do those above the folder. */
async function idOf(git: GitListing, { root, excluded }: GitSnapshotOptions): Promise<string> {
  const rules = await FolderRules.of({ root, excluded, proveFolders: true });
  const folders = [...git.loose, ...git.ignored].filter(isIgnoreFile).map(folderOf);
  const ids = [git.id];
  for (const folder of ['', ...folders]) ids.push((await rules.of(folder))?.id ?? '');
  return createHash('sha256').update(ids.join(' ')).digest('hex');
}

async function listFrom(
  git: GitListing,
  { root, excluded, maxBytes }: GitSnapshotOptions,
  signal: AbortSignal,
): Promise<Listing> {
  const found: Listing = { files: [], clean: [], skipped: [] };
  const clean = [...git.clean()];
  const common = { root, excluded, mayHold: ignoreFilesOf(git, clean) };
  const rules = await FolderRules.of(common);
  let sliceStart = performance.now();
  for (const file of clean) {
    if (performance.now() - sliceStart > SLICE_MS) {
      await nextTurn();
      signal.throwIfAborted();
      sliceStart = performance.now();
    }
    const folder = folderOf(file.path);
    const here = rules.known(folder) ?? (await rules.of(folder));
    if (!here) continue;
    const reason = rules.reasonFor(file.path, here);
    if (reason === null) found.clean.push(file);
    else found.skipped.push({ path: file.path, reason });
  }
  const strict = await FolderRules.of({ ...common, proveFolders: true });
  const wanted: string[] = [];
  const leftOut: SkippedFile[] = [];
  const ignored = git.ignored.filter((name) => !name.endsWith('/'));
  for (const path of await namesOnDisk(root, [...git.loose, ...ignored])) {
    const here = await strict.of(folderOf(path));
    if (!here) continue;
    const reason = strict.reasonFor(path, here);
    if (reason === null) wanted.push(path);
    else leftOut.push({ path, reason });
  }
  await lookAtFiles(root, wanted, maxBytes, found, signal);
  // Git names files that are gone, too.
  found.skipped.push(...(await thoseThatAreFiles(root, leftOut, signal)));
  // A folder that git leaves out may have been taken back by a rule of ours.
  const walked = await FolderRules.of({ root, excluded });
  for (const path of git.ignored.filter((name) => name.endsWith('/'))) {
    await walkFolder({ root, rules: walked, maxBytes }, path.slice(0, -1), found, signal);
  }
  return found;
}

/** Which folders may hold an ignore file, so that none is looked for in the others. */
function ignoreFilesOf(
  git: GitListing,
  clean: readonly CleanFile[],
): (folder: string, name: string) => boolean {
  const tracked = clean.map(({ path }) => path);
  const present = new Set([...tracked, ...git.loose, ...git.ignored].filter(isIgnoreFile));
  return (folder, name) => present.has(folder === '' ? name : `${folder}/${name}`);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
