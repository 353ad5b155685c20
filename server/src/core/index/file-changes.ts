import type { FileEntry, SkippedFile, SkipReason } from '../files/file-source.ts';

/** A file as the index last saw it. */
export interface KnownFile {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly scannedAtMs: number;
  /** Why it is not indexed; null where it is. */
  readonly skipped: SkipReason | null;
  /** Git's id of the bytes that were read; null where none were. */
  readonly blob: string | null;
}

/** A file to be read. */
export interface DirtyFile extends FileEntry {
  /** With content of this id nothing is left to do but to note the new time. */
  readonly doneIfBlob: string | null;
}

export interface FileChanges {
  /** New, changed, or unfinished: to be read. */
  readonly dirty: readonly DirtyFile[];
  /** Left out without being read, and not yet known to be. */
  readonly leftOut: readonly SkippedFile[];
  readonly removed: readonly KnownFile[];
  readonly unchanged: number;
  /** Of all files found: those left out already, for what a look or an earlier reading showed. */
  readonly skipped: number;
}

/** Coarsest file time around (FAT): a write this close to the last look may not show. */
const TIME_STEP_MS = 2000;

/** What must be read again, judged by size and time alone. */
export function fileChanges(
  entries: readonly FileEntry[],
  leftOut: readonly SkippedFile[],
  known: ReadonlyMap<string, KnownFile>,
  mustRead: (file: KnownFile) => boolean,
): FileChanges {
  const present = new Set([...entries, ...leftOut].map(({ path }) => path));
  const dirty: DirtyFile[] = [];
  let unchanged = 0;
  let skipped = leftOut.length;
  for (const entry of entries) {
    const file = known.get(entry.path);
    const unfinished = file !== undefined && mustRead(file);
    if (!file || unfinished || !isSame(entry, file)) {
      dirty.push({ ...entry, doneIfBlob: file && !unfinished ? file.blob : null });
    } else if (file.skipped === null) unchanged++;
    else skipped++;
  }
  return {
    dirty,
    leftOut: leftOut.filter(({ path, reason }) => known.get(path)?.skipped !== reason),
    removed: [...known.values()].filter((file) => !present.has(file.path)),
    unchanged,
    skipped,
  };
}

function isSame(entry: FileEntry, file: KnownFile): boolean {
  return (
    entry.size === file.size &&
    entry.mtimeMs === file.mtimeMs &&
    entry.mtimeMs + TIME_STEP_MS < file.scannedAtMs
  );
}
