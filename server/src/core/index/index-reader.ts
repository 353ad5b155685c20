import type { ChunkKind } from '../chunks/chunk.ts';
import type { TextHash } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';

/** One chunk a folder has now. */
export interface IndexedChunk {
  readonly id: number;
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly hash: TextHash;
  readonly kind: ChunkKind;
  /** Names it defines. */
  readonly symbols: readonly string[];
  /** Names of what it lies in, outermost first. */
  readonly enclosing: readonly string[];
}

/** What a chunk's vector is made of. */
export type Embedded = Pick<IndexedChunk, 'id' | 'hash' | 'path' | 'symbols'>;

/** A chunk's id with how well it matches; higher is nearer. */
export interface Scored {
  readonly id: number;
  readonly score: number;
}

/** Whether a path (relative to the folder) may be among what is found; null where every one may. */
export type PathFilter = ((path: string) => boolean) | null;

/** What search reads of one folder's index. */
export interface IndexReader {
  /** Absolute path. */
  readonly folder: string;
  /** Chunks whose composed vector is nearest to the query (cosine), best first. */
  nearest(query: Vector, limit: number, accepts: PathFilter): Promise<Scored[]>;
  /** Mean cosine of the query with all chunks: what a chunk that has nothing to do with it scores. */
  typicalScore(query: Vector): Promise<number>;
  /**
   * Chunks matching any of the words by BM25 over path, symbols and body, best first.
   * Words are split as `chunks/words.ts` does.
   */
  words(words: readonly string[], limit: number, accepts: PathFilter): Promise<Scored[]>;
  /** Ids of chunks that hold a word, split as above, anywhere; null where they are too many to tell. */
  holders(word: string): Promise<readonly number[] | null>;
  /**
   * Ids of chunks whose body has these words one after the other, in no order. Words are split as
   * `chunks/words.ts` does.
   */
  phrase(words: readonly string[], limit: number, accepts: PathFilter): Promise<number[]>;
  chunks(ids: readonly number[]): Promise<Map<number, IndexedChunk>>;
  /** All there are, in no order. */
  everyChunk(): AsyncIterable<IndexedChunk>;
  /** Unit vectors of bodies, without path and symbols, as far as the cache has them. */
  bodies(hashes: readonly TextHash[]): Promise<ReadonlyMap<TextHash, Vector>>;
  /** The chunk's text, from the cache or else from the file. */
  textOf(chunk: IndexedChunk): Promise<string>;
}
