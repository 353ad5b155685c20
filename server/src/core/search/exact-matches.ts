import { setImmediate as nextTurn } from 'node:timers/promises';
import { splitWords } from '../chunks/words.ts';
import type { IndexedChunk, IndexReader, PathFilter } from '../index/index-reader.ts';
import { type Literals, textsOf } from './literals.ts';

/** Chunks that hold a literal are all found up to this many; what is shown is fewer. */
const MOST_MATCHES = 1000;
/** Most of these hold it as it is written, so that few are looked at. */
const MOST_WITH_ITS_WORDS = 10_000;
const CHUNKS_PER_READ = 500;
/** Texts read in one go: about a millisecond. */
const TEXTS_PER_TURN = 64;

/** Ids of chunks that hold literals of a query letter for letter, with what share of them they hold. */
export async function exactMatches(
  reader: IndexReader,
  wanted: Literals,
  accepts: PathFilter,
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const literals = textsOf(wanted);
  const shares = new Map<number, number>();
  for (const literal of literals) {
    let lookedAt = 0;
    let matches = 0;
    for await (const chunk of mayHold(reader, literal, accepts)) {
      if (lookedAt++ % TEXTS_PER_TURN === 0) {
        await nextTurn();
        signal.throwIfAborted();
      }
      if (!(await reader.textOf(chunk)).includes(literal)) continue;
      shares.set(chunk.id, (shares.get(chunk.id) ?? 0) + 1 / literals.length);
      if (++matches === MOST_MATCHES) break;
    }
  }
  return shares;
}

/**
 * Chunks with its words in their order, which may still differ in signs between them, and in case;
 * all of them where it is made of signs alone, which the index of words does not have.
 */
async function* mayHold(
  reader: IndexReader,
  literal: string,
  accepts: PathFilter,
): AsyncGenerator<IndexedChunk, void, undefined> {
  const words = splitWords(literal);
  if (words.length === 0) {
    for await (const chunk of reader.everyChunk()) {
      if (accepts?.(chunk.path) !== false) yield chunk;
    }
    return;
  }
  const ids = await reader.phrase(words, MOST_WITH_ITS_WORDS, accepts);
  for (let first = 0; first < ids.length; first += CHUNKS_PER_READ) {
    yield* (await reader.chunks(ids.slice(first, first + CHUNKS_PER_READ))).values();
  }
}
