import type { Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import type { Scored } from './index-reader.ts';

const INSERT = 'INSERT INTO lexical (rowid, path, symbols, body) VALUES (?, ?, ?, ?)';
const DELETE = 'DELETE FROM lexical WHERE rowid = ?';
/** Column weights: path, symbols, body. */
const MATCH = `SELECT rowid AS id, -bm25(lexical, 3.0, 4.0, 1.0) AS score
  FROM lexical WHERE lexical MATCH ? ORDER BY score DESC`;
const PHRASE = 'SELECT rowid FROM lexical WHERE lexical MATCH ?';
const HOLDERS = `${PHRASE} LIMIT ?`;
/** A pasted page must not turn into a query of thousands of terms. */
const MOST_TERMS = 64;

/** The words of every chunk, split as code is, in SQLite's full-text index. */
export class Lexical {
  readonly #prepared = new Prepared();

  /** Each column's words as `spacedWords` gives them. */
  add(
    connection: Connection,
    id: number,
    words: { path: string; symbols: string; body: string },
  ): void {
    this.#prepared.on(connection, INSERT).run(id, words.path, words.symbols, words.body);
  }

  remove(connection: Connection, id: number): void {
    this.#prepared.on(connection, DELETE).run(id);
  }

  /** Accepted chunks holding any of the words, by BM25, best first. */
  match(
    connection: Connection,
    words: readonly string[],
    limit: number,
    accepts: ((chunkId: number) => boolean) | null,
  ): Scored[] {
    const terms = [...new Set(words)].slice(0, MOST_TERMS);
    if (terms.length === 0) return [];
    const query = terms.map(quoted).join(' OR ');
    const hits: Scored[] = [];
    const rows = this.#prepared.on(connection, MATCH).iterate(query) as Iterable<Scored>;
    for (const { id, score } of rows) {
      if (accepts?.(id) === false) continue;
      hits.push({ id, score });
      if (hits.length === limit) break;
    }
    return hits;
  }

  /** Chunks that hold a word anywhere; null where there are more than `most`. */
  holders(connection: Connection, word: string, most: number): number[] | null {
    const select = this.#prepared.on(connection, HOLDERS).pluck();
    const ids = select.all(quoted(word), most + 1) as number[];
    return ids.length > most ? null : ids;
  }

  /** Accepted chunks whose body has the words one after the other, in no order. */
  phrase(
    connection: Connection,
    words: readonly string[],
    limit: number,
    accepts: ((chunkId: number) => boolean) | null,
  ): number[] {
    if (words.length === 0) return [];
    const query = `body : ${quoted(words.slice(0, MOST_TERMS).join(' '))}`;
    const ids: number[] = [];
    const rows = this.#prepared.on(connection, PHRASE).pluck().iterate(query) as Iterable<number>;
    for (const id of rows) {
      if (accepts?.(id) === false) continue;
      ids.push(id);
      if (ids.length === limit) break;
    }
    return ids;
  }
}

/** As a string of FTS5's query language, which may be one word or several in a row. */
function quoted(words: string): string {
  return `"${words.replaceAll('"', '""')}"`;
}
