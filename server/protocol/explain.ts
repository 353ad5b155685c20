import type { SkipReason } from './stats.ts';

export interface ExplainParams {
  /** Of a file. */
  readonly uri: string;
}

/** Why a file is, or is not, indexed. */
export type FileReason =
  | 'indexed'
  /** It will be by the next run; or the folder was never indexed. */
  | 'notYet'
  | SkipReason
  /** Indexed, but some of its chunks are not sent: they look secret. */
  | 'looksSecret'
  /** In a folder of version control, installed packages or a tool's cache. */
  | 'toolFolder'
  /** A symbolic link, or reached by one. */
  | 'link'
  /** A folder, a pipe, a device. */
  | 'noFile'
  | 'missing'
  /** In none of the workspace's folders, or in no file system that is indexed. */
  | 'outside';

export interface FileExplanation {
  /** Relative to its folder; the whole path when it is outside. */
  readonly path: string;
  readonly indexed: boolean;
  readonly reason: FileReason;
  /** What left it out, when `reason` is `ignored`. */
  readonly rule: IgnoreLine | null;
  readonly chunks: readonly ExplainedChunk[];
}

export interface SkippedFile {
  readonly uri: string;
  /** Relative to its folder. */
  readonly path: string;
  readonly reason: SkipReason;
}

/** The line of an ignore file, or the pattern of a setting, that left a file out. */
export interface IgnoreLine {
  /** Path of the ignore file relative to the folder, or the name of a setting. */
  readonly source: string;
  /** 1-based; null for a setting. */
  readonly line: number | null;
  readonly pattern: string;
}

export interface ExplainedChunk {
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly symbols: readonly string[];
  /** Why the provider gave no vector; words find the chunk all the same. Null where there is one. */
  readonly failure: string | null;
  /** It is not sent, because it looks secret; words find it all the same. */
  readonly looksSecret: boolean;
}
