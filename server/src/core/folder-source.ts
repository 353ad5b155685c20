import type { Config } from './config.ts';
import { Failure } from './errors.ts';
import { openClientSource, type ClientFiles } from './files/client-source.ts';
import { openDiskSource } from './files/disk-source.ts';
import type { FileSource } from './files/file-source.ts';
import { openOverlaySource, type UnsavedText } from './files/overlay-source.ts';

export interface FolderSourceDeps {
  /** Folders within a folder (relative to it) that are indexed on their own: left out of it. */
  readonly foldersWithin?: (folder: string) => readonly string[];
  /** Unsaved text of open documents in a folder, by path relative to it. */
  readonly unsavedIn?: (folder: string) => ReadonlyMap<string, UnsavedText>;
  /** Reads folders that are named by a URI. */
  readonly clientFiles?: ClientFiles;
}

/** Where the text of a folder comes from: its disk, or the client; open documents over both. */
export function openFolderSource(
  folder: string,
  { exclude, maxFileSizeKb, git }: Config,
  { foldersWithin, unsavedIn, clientFiles }: FolderSourceDeps,
): FileSource {
  const within = (foldersWithin?.(folder) ?? []).map((path) => ({
    pattern: `/${path.replace(/[\\*?[\]!# ]/g, '\\$&')}/`,
    setting: 'workspace folders',
  }));
  const common = { folder, exclude: [...exclude, ...within], maxFileSizeKb };
  const source = isFolderUri(folder)
    ? openClientSource({ ...common, files: clientFiles ?? nobody(folder) })
    : openDiskSource({ ...common, git });
  return unsavedIn ? openOverlaySource(source, () => unsavedIn(folder)) : source;
}

/** Whether a folder is named by a URI, and so is on no disk of this machine. */
export function isFolderUri(folder: string): boolean {
  // A letter alone is a drive.
  return /^[a-z][a-z0-9+.-]+:/i.test(folder);
}

function nobody(folder: string): never {
  throw new Failure('badSettings', `${folder} can be read by nobody here`);
}
