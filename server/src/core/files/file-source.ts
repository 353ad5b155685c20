/** What a walk found out about one file without reading it. */
export interface FileEntry {
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Why a file is not indexed. */
export type SkipReason =
  'ignored' | 'tooLarge' | 'generated' | 'binary' | 'secretName' | 'unreadable';

export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
}

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  /** Gone since it was listed. */
  | { readonly kind: 'missing' };

/** Where a folder's text comes from: disk now; the client and open documents later. */
export interface FileSource {
  /**
   * Files that may be indexed, and those skipped by name, size or ignore rule. Ignored folders are
   * not entered, so files in them are not listed.
   */
  list(signal: AbortSignal): Promise<{ files: FileEntry[]; skipped: SkippedFile[] }>;
  /** Decoded text with `\r\n` and a byte-order mark removed, or why there is none. */
  read(path: string): Promise<FileText>;
  /** As `list`, for single paths that changed. A path that is gone is in neither. */
  stat(paths: readonly string[]): Promise<{ files: FileEntry[]; skipped: SkippedFile[] }>;
}
