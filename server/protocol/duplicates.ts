/** How alike places must be: letter for letter, or by the cosine of what they mean, .95 and .9. */
export type Likeness = 'exact' | 'near' | 'similar';

export interface DuplicatesParams {
  readonly likeness: Likeness;
  /** Most groups in the answer. */
  readonly limit: number;
  readonly progressToken?: string | number;
}

/** Value of `$/progress` while duplicates are looked for. */
export interface DuplicatesProgress {
  readonly done: number;
  readonly total: number;
}

export interface DuplicatePlace {
  readonly uri: string;
  /** Path relative to its workspace folder, with forward slashes. */
  readonly path: string;
  /** First line, 1-based. */
  readonly startLine: number;
  /** Last line, 1-based, inclusive. */
  readonly endLine: number;
}

export interface DuplicateGroup {
  /** Of the longest of them. */
  readonly lines: number;
  /** The least cosine of a copy with the first place; 1 for equal texts. */
  readonly likeness: number;
  readonly places: readonly DuplicatePlace[];
}

export interface Duplicates {
  /** Those with most lines to be saved first. */
  readonly groups: readonly DuplicateGroup[];
  /** Groups there are, also beyond the limit. */
  readonly total: number;
}
