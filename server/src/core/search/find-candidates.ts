import type { IndexReader, PathFilter, Scored } from '../index/index-reader.ts';
import type { Vector } from '../vectors/vector.ts';
import type { Candidate } from './candidate.ts';
import { exactMatches } from './exact-matches.ts';
import { fuse } from './fusion.ts';
import type { Literals } from './literals.ts';

/** A folder that is searched, with what may be found in it. */
export interface Searched {
  readonly reader: IndexReader;
  readonly accepts: PathFilter;
}

export interface Sought {
  /** Null: not by meaning. */
  readonly vector: Vector | null;
  /** None: not by words. */
  readonly words: readonly string[];
  /** Looked for letter for letter. */
  readonly literals: Literals;
  /** Share of meaning in the fused score. */
  readonly meaningShare: number;
  /** Taken from each list of each folder. */
  readonly many: number;
}

/** A question has fewer; of a pasted page the first ones are enough. */
const MOST_WORDS_HELD = 16;

/** Chunks found by meaning, by words or letter for letter, with fused scores. */
export async function findCandidates(
  folders: readonly Searched[],
  { vector, words, literals, meaningShare, many }: Sought,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const byMeaning = new Map<string, number>();
  const byWords = new Map<string, number>();
  const exact = new Map<string, number>();
  let typical = 0;
  for (const [position, { reader, accepts }] of folders.entries()) {
    const keep = (into: Map<string, number>, found: readonly Scored[]): void => {
      for (const { id, score } of found) into.set(keyOf(position, id), score);
    };
    signal.throwIfAborted();
    if (words.length > 0) keep(byWords, await reader.words(words, many, accepts));
    signal.throwIfAborted();
    if (vector) {
      keep(byMeaning, await reader.nearest(vector, many, accepts));
      typical += (await reader.typicalScore(vector)) / folders.length;
    }
    signal.throwIfAborted();
    for (const [id, share] of await exactMatches(reader, literals, accepts, signal)) {
      exact.set(keyOf(position, id), share);
    }
  }
  const fused = fuse(listOf(byMeaning), listOf(byWords), meaningShare, typical);
  for (const key of exact.keys()) if (!fused.has(key)) fused.set(key, 0);
  const candidates: Candidate[] = [];
  for (const [position, { reader }] of folders.entries()) {
    const prefix = keyOf(position, '');
    const keys = [...fused.keys()].filter((key) => key.startsWith(prefix));
    const chunks = await reader.chunks(keys.map((key) => Number(key.slice(prefix.length))));
    const held = await wordsHeld(reader, words, signal);
    for (const chunk of chunks.values()) {
      const key = keyOf(position, chunk.id);
      const evidence = {
        meaning: byMeaning.get(key) ?? null,
        words: byWords.get(key) ?? null,
        fused: fused.get(key) ?? 0,
        exact: exact.get(key) ?? 0,
      };
      candidates.push({
        ...{ reader, chunk, evidence },
        holds: held(chunk.id),
        score: evidence.fused,
        steps: [],
      });
    }
  }
  signal.throwIfAborted();
  return candidates;
}

/** Which of the words a chunk holds. */
async function wordsHeld(
  reader: IndexReader,
  words: readonly string[],
  signal: AbortSignal,
): Promise<(chunkId: number) => ReadonlySet<string>> {
  const holdersOf = new Map<string, ReadonlySet<number>>();
  for (const word of words.slice(0, MOST_WORDS_HELD)) {
    signal.throwIfAborted();
    const ids = await reader.holders(word);
    if (ids) holdersOf.set(word, new Set(ids));
  }
  return (id) => new Set([...holdersOf].filter(([, ids]) => ids.has(id)).map(([word]) => word));
}

/** Says which folder a chunk is of: ids are a folder's own. */
function keyOf(position: number, id: number | ''): string {
  return `${position}:${id}`;
}

function listOf(scores: ReadonlyMap<string, number>) {
  return [...scores].map(([key, score]) => ({ key, score }));
}
