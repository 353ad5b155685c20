export type SearchMode = 'hybrid' | 'semantic' | 'text';

export interface SearchParams {
  readonly query: string;
  readonly limit: number;
  readonly mode?: SearchMode;
  /** Only paths matching this glob, relative to the folder. */
  readonly path?: string;
  /** Only this VS Code language id. */
  readonly language?: string;
}

export interface SimilarParams {
  readonly text: string;
  readonly limit: number;
  /** Where the text stands, so that it is not its own nearest hit. Lines are 1-based inclusive. */
  readonly except?: { readonly uri: string; readonly startLine: number; readonly endLine: number };
}

/** One answer to a query. */
export interface SearchHit {
  readonly uri: string;
  /** Path relative to its workspace folder, with forward slashes. */
  readonly path: string;
  /** First line, 1-based. */
  readonly startLine: number;
  /** Last line, 1-based, inclusive. */
  readonly endLine: number;
  /** Higher is nearer. Comparable only within one answer. */
  readonly score: number;
  readonly text: string;
  /** Names the chunk defines, outermost first; may be empty. */
  readonly symbols: readonly string[];
}
