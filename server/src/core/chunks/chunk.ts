/** What a chunk is; for what has no better name: a piece of code, or of prose. */
export type ChunkKind =
  | 'function'
  | 'method'
  | 'class'
  | 'interface'
  | 'struct'
  | 'enum'
  | 'trait'
  | 'type'
  | 'module'
  | 'variable'
  | 'macro'
  /** Of a document, under one heading. */
  | 'section'
  /** Of a notebook. */
  | 'cell'
  /** Of a structured file, under one key. */
  | 'entry'
  | 'code'
  | 'text';

/** A line range of a file, with its text. The text is exactly what is hashed and embedded. */
export interface Chunk {
  /** The body alone, lines joined by `\n`, without the file's path. */
  readonly text: string;
  /** First line, 1-based. */
  readonly startLine: number;
  /** Last line, 1-based, inclusive. */
  readonly endLine: number;
  /** That of the first thing it defines, or of what it is a piece of. */
  readonly kind: ChunkKind;
  /** Names the chunk defines, in order of appearance, no duplicates; may be empty. */
  readonly symbols: readonly string[];
  /** Names of what it lies in, outermost first: a method's class, a section's headings. */
  readonly enclosing: readonly string[];
}

/** Cuts a text into chunks. Boundaries are stable: an edit changes only the chunks it touches. */
export interface Chunker {
  /** Recorded with the index: another name or version means that files are cut again. */
  readonly name: string;
  /** The same path and text give the same chunks on any machine. */
  chunk(path: string, text: string, signal?: AbortSignal): Promise<Chunk[]>;
}
