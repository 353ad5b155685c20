/** What is known of one file that may be indexed, without having read it. */
export interface FileEntry {
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Git's id of its content, where git says so; a promise to be checked when it is read. */
  readonly blob?: string | undefined;
}

/** A file that git says is as it was added: it need not be looked at to know its content. */
export interface CleanFile {
  readonly path: string;
  readonly blob: string;
}

/** Why a file is not indexed. */
export type SkipReason =
  'ignored' | 'tooLarge' | 'generated' | 'binary' | 'secretName' | 'unreadable';

/** Number of files; only reasons that occur. */
export type SkippedByReason = Readonly<Partial<Record<SkipReason, number>>>;

export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
}

export type FileText =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Git's id of the bytes; the one asked about where that fits. Absent: no bytes were seen. */
      readonly blob?: string | undefined;
    }
  | {
      readonly kind: 'skipped';
      readonly reason: SkipReason;
      readonly blob?: string | undefined;
    }
  /** Gone since it was listed. */
  | { readonly kind: 'missing' };

export interface Listing {
  readonly files: FileEntry[];
  /** Files that were not looked at one by one; `stat` tells their size and time. */
  readonly clean: CleanFile[];
  readonly skipped: SkippedFile[];
}

/** A state of the whole folder that can be compared at once with an earlier one. */
export interface FolderSnapshot {
  /** Equal to an earlier snapshot's: nothing but the `loose` files can differ. */
  readonly id: string;
  /** Files whose content the id does not vouch for. */
  readonly loose: readonly string[];
  list(signal: AbortSignal): Promise<Listing>;
}

/** The line of an ignore file, or the pattern of a setting, that left a file out. */
export interface IgnoreLine {
  /** Path of the ignore file, relative to the folder, or the name of the setting. */
  readonly source: string;
  /** 1-based; null for a setting. */
  readonly line: number | null;
  readonly pattern: string;
}

/** What would become of a file in an index run. */
export type FileVerdict =
  | { readonly kind: 'taken' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly rule: IgnoreLine | null }
  /** Below a folder of version control, installed packages or a tool's cache: never entered. */
  | { readonly kind: 'toolFolder'; readonly folder: string }
  /** A symbolic link, or in a folder reached by one; such are not followed. */
  | { readonly kind: 'link' }
  /** A folder, a pipe, a device. */
  | { readonly kind: 'noFile' }
  | { readonly kind: 'missing' };

/** Where a folder's text comes from: disk, the client's file systems, open documents. */
export interface FileSource {
  /** Null where nothing is cheaper than to list all. */
  snapshot(signal: AbortSignal): Promise<FolderSnapshot | null>;
  /**
   * Files that may be indexed, and those skipped by name, size or ignore rule. Ignored folders are
   * not entered, so files in them are not listed.
   */
  list(signal: AbortSignal): Promise<Listing>;
  /**
   * Decoded text with `\r\n` and a byte-order mark removed, or why there is none. `blob` is the id
   * the content is expected to have.
   */
  read(path: string, blob?: string): Promise<FileText>;
  /** As `list`, for single paths that changed. A path that is gone is in neither. */
  stat(
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ files: FileEntry[]; skipped: SkippedFile[] }>;
  /** Says what will be read next, in order: a source that is far away reads ahead. */
  expect?(entries: readonly FileEntry[]): void;
  /** Why a path is, or is not, to be indexed. */
  explain(path: string): Promise<FileVerdict>;
}
