/** A line range of a file, with its text. The text is exactly what is hashed and embedded. */
export interface Chunk {
  /** The body alone, lines joined by `\n`, without the file's path. */
  readonly text: string;
  /** First line, 1-based. */
  readonly startLine: number;
  /** Last line, 1-based, inclusive. */
  readonly endLine: number;
  /** Names the chunk defines, in order of appearance, no duplicates; may be empty. */
  readonly symbols: readonly string[];
}

/** Cuts a text into chunks. Boundaries are stable: an edit changes only the chunks it touches. */
export interface Chunker {
  /** Recorded with the index: another name or version means that files are cut again. */
  readonly name: string;
  chunk(path: string, text: string): Chunk[];
}
