import type { Chunk } from '../../server/src/core/chunks/chunk.ts';
import { pathWords } from '../../server/src/core/chunks/path-words.ts';
import { splitWords } from '../../server/src/core/chunks/words.ts';
import type {
  IndexedChunk,
  IndexReader,
  PathFilter,
  Scored,
} from '../../server/src/core/index/index-reader.ts';
import { type TextHash, textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { dot, type Vector } from '../../server/src/core/vectors/vector.ts';

interface Row {
  readonly chunk: IndexedChunk;
  readonly text: string;
  readonly vector: Vector;
  /** Word → occurrences, each column weighted. */
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** Weights of the columns path, symbols, body, as SQLite's bm25() takes them. */
export const COLUMN_WEIGHTS = { path: 3, symbols: 4, body: 1 };

/** An index in memory, exact and small: cosine over all, BM25 as SQLite FTS5 computes it. */
export class MemoryIndex implements IndexReader {
  readonly folder: string;
  readonly #rows: Row[] = [];
  readonly #rowsWith = new Map<string, Row[]>();
  #totalLength = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  add(path: string, chunk: Chunk, vector: Vector): void {
    const { text, startLine, endLine, kind, symbols, enclosing } = chunk;
    const columns = [
      { words: splitWords(pathWords(path)), weight: COLUMN_WEIGHTS.path },
      { words: splitWords(symbols.join(' ')), weight: COLUMN_WEIGHTS.symbols },
      { words: splitWords(text), weight: COLUMN_WEIGHTS.body },
    ];
    const counts = new Map<string, number>();
    let length = 0;
    for (const { words, weight } of columns) {
      length += words.length;
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
    }
    const id = this.#rows.length + 1;
    const place = { id, path, startLine, endLine, hash: textHashOf(text) };
    const row = { chunk: { ...place, kind, symbols, enclosing }, text, vector, counts, length };
    this.#rows.push(row);
    this.#totalLength += length;
    for (const word of counts.keys()) {
      const rows = this.#rowsWith.get(word);
      if (rows) rows.push(row);
      else this.#rowsWith.set(word, [row]);
    }
  }

  async nearest(query: Vector, limit: number, accepts: PathFilter) {
    return best(
      this.#rows
        .filter(({ chunk }) => accepts?.(chunk.path) !== false)
        .map(({ chunk, vector }) => ({ id: chunk.id, score: dot(query, vector) })),
      limit,
    );
  }

  async words(words: readonly string[], limit: number, accepts: PathFilter) {
    const scores = new Map<Row, number>();
    const average = this.#totalLength / this.#rows.length;
    for (const word of new Set(words)) {
      const rows = this.#rowsWith.get(word) ?? [];
      const rarity = Math.log((this.#rows.length - rows.length + 0.5) / (rows.length + 0.5));
      for (const row of rows) {
        const count = row.counts.get(word) ?? 0;
        const norm = count + 1.2 * (1 - 0.75 + (0.75 * row.length) / average);
        const score = (Math.max(rarity, 1e-6) * count * 2.2) / norm;
        scores.set(row, (scores.get(row) ?? 0) + score);
      }
    }
    return best(
      [...scores]
        .filter(([{ chunk }]) => accepts?.(chunk.path) !== false)
        .map(([{ chunk }, score]) => ({ id: chunk.id, score })),
      limit,
    );
  }

  async typicalScore(query: Vector) {
    const scores = this.#rows.map(({ vector }) => dot(query, vector));
    return scores.reduce((sum, score) => sum + score / scores.length, 0);
  }

  async holders(word: string) {
    return (this.#rowsWith.get(word) ?? []).map(({ chunk }) => chunk.id);
  }

  async phrase(words: readonly string[], limit: number, accepts: PathFilter) {
    const wanted = ` ${words.join(' ')} `;
    return this.#rows
      .filter(({ text }) => words.length > 0 && ` ${splitWords(text).join(' ')} `.includes(wanted))
      .filter(({ chunk }) => accepts?.(chunk.path) !== false)
      .map(({ chunk }) => chunk.id)
      .slice(0, limit);
  }

  async *everyChunk() {
    yield* this.#rows.map(({ chunk }) => chunk);
  }

  async bodies(hashes: readonly TextHash[]) {
    const rows = this.#rows.filter(({ chunk }) => hashes.includes(chunk.hash));
    return new Map(rows.map(({ chunk, vector }) => [chunk.hash, vector]));
  }

  async chunks(ids: readonly number[]) {
    return new Map(ids.map((id) => [id, this.#rows[id - 1]!.chunk]));
  }

  async textOf(chunk: IndexedChunk) {
    return this.#rows[chunk.id - 1]!.text;
  }
}

function best(scored: Scored[], limit: number): Scored[] {
  return scored.sort((a, b) => b.score - a.score || a.id - b.id).slice(0, limit);
}
