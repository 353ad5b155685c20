import type { IndexedChunk, IndexReader } from '../../../server/src/core/index/index-reader.ts';

/**
 * The same reader, which answers what it was asked before from memory: every way of ranking asks
 * the same of the index. For searches without a filter only.
 */
export function remembered(reader: IndexReader): IndexReader {
  const known = new Map<number, IndexedChunk>();
  return {
    folder: reader.folder,
    nearest: once(
      (query, limit, accepts) => reader.nearest(query, limit, accepts),
      (query, limit) => `${limit} ${query.join()}`,
    ),
    typicalScore: once(
      (query) => reader.typicalScore(query),
      (query) => query.join(),
    ),
    holders: once(
      (word) => reader.holders(word),
      (word) => word,
    ),
    words: once(
      (words, limit, accepts) => reader.words(words, limit, accepts),
      (words, limit) => `${limit} ${words.join()}`,
    ),
    phrase: once(
      (words, limit, accepts) => reader.phrase(words, limit, accepts),
      (words, limit) => `${limit} ${words.join()}`,
    ),
    async chunks(ids) {
      const unknown = ids.filter((id) => !known.has(id));
      for (const [id, chunk] of await reader.chunks(unknown)) known.set(id, chunk);
      return new Map(ids.map((id) => [id, known.get(id)!]));
    },
    everyChunk: () => reader.everyChunk(),
    bodies: (hashes) => reader.bodies(hashes),
    textOf: once(
      (chunk) => reader.textOf(chunk),
      (chunk) => String(chunk.id),
    ),
  };
}

function once<A extends unknown[], R>(
  ask: (...args: A) => Promise<R>,
  keyOf: (...args: A) => string,
): (...args: A) => Promise<R> {
  const answers = new Map<string, Promise<R>>();
  return (...args) => {
    const key = keyOf(...args);
    let answer = answers.get(key);
    if (!answer) answers.set(key, (answer = ask(...args)));
    return answer;
  };
}
