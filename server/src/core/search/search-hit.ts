export type SearchMode = 'hybrid' | 'semantic' | 'text';

export interface SearchOptions {
  readonly limit: number;
  readonly mode: SearchMode;
  /** Only paths matching this glob, relative to the folder. */
  readonly path?: string | undefined;
  /** Only files of this VS Code language id. */
  readonly language?: string | undefined;
  readonly signal: AbortSignal;
}

/** One answer to a query. */
export interface SearchHit {
  /** Absolute path of the indexed folder. */
  readonly folder: string;
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  /** 1-based. */
  readonly startLine: number;
  /** 1-based, inclusive. */
  readonly endLine: number;
  /** Higher is nearer. Comparable only within one answer. */
  readonly score: number;
  readonly text: string;
  readonly symbols: readonly string[];
}
