import type { FileEntry } from '../files/file-source.ts';

/** A file as the index last saw it. */
export interface KnownFile {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly scannedAtMs: number;
  /** Not indexed for a reason found in its content. */
  readonly skipped: boolean;
}

export interface FileChanges {
  /** New, changed, or unfinished: to be read. */
  readonly dirty: readonly FileEntry[];
  readonly removed: readonly KnownFile[];
  readonly unchanged: number;
}

/** Coarsest file time around (FAT): a write this close to the last look may not show. */
const TIME_STEP_MS = 2000;

/** What must be read again, judged by size and time alone. */
export function fileChanges(
  entries: readonly FileEntry[],
  known: ReadonlyMap<string, KnownFile>,
  mustRead: (file: KnownFile) => boolean,
): FileChanges {
  const present = new Set(entries.map((entry) => entry.path));
  const dirty = entries.filter((entry) => {
    const file = known.get(entry.path);
    return !file || !isSame(entry, file) || mustRead(file);
  });
  return {
    dirty,
    removed: [...known.values()].filter((file) => !present.has(file.path)),
    unchanged: entries.length - dirty.length,
  };
}

function isSame(entry: FileEntry, file: KnownFile): boolean {
  return (
    entry.size === file.size &&
    entry.mtimeMs === file.mtimeMs &&
    entry.mtimeMs + TIME_STEP_MS < file.scannedAtMs
  );
}
