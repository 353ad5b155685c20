import { setImmediate as nextTurn } from 'node:timers/promises';
import { splitWords } from '../chunks/words.ts';
import type { IndexReader, PathFilter } from '../index/index-reader.ts';
import type { Literals } from './literals.ts';

/** Chunks that hold a literal are all found up to this many; what is shown is fewer. */
const MOST_MATCHES = 1000;
/** Texts read in one go: about a millisecond. */
const TEXTS_PER_TURN = 64;

/** Ids of chunks that hold literals of a query letter for letter, with what share of them they hold. */
export async function exactMatches(
  reader: IndexReader,
  { quoted, whole }: Literals,
  accepts: PathFilter,
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const literals = quoted.length > 0 ? quoted : whole === null ? [] : [whole];
  const shares = new Map<number, number>();
  for (const literal of literals) {
    // The same words in the same order may still differ in signs between them, and in case.
    const ids = await reader.phrase(splitWords(literal), MOST_MATCHES, accepts);
    const chunks = [...(await reader.chunks(ids)).values()];
    for (const [i, chunk] of chunks.entries()) {
      if (i % TEXTS_PER_TURN === 0) {
        await nextTurn();
        signal.throwIfAborted();
      }

      if (!(await reader.textOf(chunk)).includes(literal)) continue;
      shares.set(chunk.id, (shares.get(chunk.id) ?? 0) + 1 / literals.length);
    }
  }
  return shares;
}
