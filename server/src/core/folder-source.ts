import type { Config } from './config.ts';
import { openDiskSource } from './files/disk-source.ts';
import type { FileSource } from './files/file-source.ts';

export interface FolderSourceDeps {
  /** Folders within a folder (relative to it) that are indexed on their own: left out of it. */
  foldersWithin?(folder: string): readonly string[];
}

/** Where the text of a folder comes from. */
export function openFolderSource(
  folder: string,
  { exclude, maxFileSizeKb, git }: Config,
  { foldersWithin }: FolderSourceDeps,
): FileSource {
  const within = (foldersWithin?.(folder) ?? []).map((path) => ({
    pattern: `/${path.replace(/[\\*?[\]!# ]/g, '\\$&')}/`,
    setting: 'workspace folders',
  }));
  return openDiskSource({ folder, exclude: [...exclude, ...within], maxFileSizeKb, git });
}
