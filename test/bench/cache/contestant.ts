/** A cache that holds texts and their vectors in a directory of its own. */
export interface Contestant {
  readonly name: string;
  open(directory: string): Promise<OpenContestant>;
}

export interface OpenContestant {
  put(texts: readonly string[], vectors: readonly Float32Array[]): Promise<void>;
  /** All of them are there. The work of each: hash the text, check the stored text, get its vector. */
  get(texts: readonly string[]): Promise<Found>;
  close(): Promise<void>;
}

export interface Found {
  /** The vector of the text at this place. */
  at(index: number): ArrayLike<number> | undefined;
}
