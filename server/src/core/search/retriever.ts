import type { IndexReader, Scored } from '../index/index-reader.ts';
import type { Vector } from '../vectors/vector.ts';
import { type Candidate, fileKeyOf } from './candidate.ts';
import { type Found, fuse, MEANING_SHARE } from './fusion.ts';
import { pathFilter } from './path-filter.ts';
import { termsOf } from './query-terms.ts';
import { rank, SIGNALS } from './ranking/rank.ts';
import type { Signal } from './ranking/signal.ts';
import type { SearchHit, SearchOptions } from './search-hit.ts';

export interface RetrieverDeps {
  /** The folder's index; null when it was never indexed. */
  reader(folder: string): Promise<IndexReader | null>;
  /** Null for a text the model has no vector for: then words alone decide. */
  embedQuery(text: string, signal: AbortSignal): Promise<Vector | null>;
  /** The vector a chunk of this text would have, through the cache; null as above. */
  embedDocument(text: string, signal: AbortSignal): Promise<Vector | null>;
  /** All by default. */
  readonly signals?: readonly Signal[];
}

/** Answers queries over one or more indexed folders. */
export interface Retriever {
  /** Hits for a query in plain words or names, best first. */
  search(folders: readonly string[], query: string, options: SearchOptions): Promise<SearchHit[]>;
  /** Hits nearest in meaning to a text, best first; `mode` does not matter. */
  similar(folders: readonly string[], text: string, options: SearchOptions): Promise<SearchHit[]>;
}

/** Chunks taken from each list of each folder before ranking. */
const LEAST_CANDIDATES = 200;

export function createRetriever(deps: RetrieverDeps): Retriever {
  const signals = deps.signals ?? SIGNALS;
  return {
    async search(folders, query, options) {
      const { signal, mode, limit } = options;
      if (query.trim() === '' || limit < 1) return [];
      const terms = termsOf(query);
      const accepts = pathFilter(options);
      const readers = await openReaders(deps, folders);
      const many = Math.max(LEAST_CANDIDATES, 2 * limit);
      const words = async (reader: IndexReader) => reader.words(terms.words, many, accepts);
      const byWords = mode === 'semantic' ? [] : await findIn(readers, words, signal);
      let byMeaning: Found[] = [];
      if (mode !== 'text' && readers.length > 0) {
        const vector = await deps.embedQuery(query, signal);
        if (vector) {
          const nearest = async (reader: IndexReader) => reader.nearest(vector, many, accepts);
          byMeaning = await findIn(readers, nearest, signal);
        }
      }
      const fused = fuse(byMeaning, byWords, MEANING_SHARE[mode]);
      const candidates = await candidatesOf(readers, fused);
      signal.throwIfAborted();
      return hitsOf(withoutOverlap(rank(candidates, terms, signals), limit));
    },

    async similar(folders, text, options) {
      const { signal, limit } = options;
      if (text.trim() === '' || limit < 1) return [];
      const readers = await openReaders(deps, folders);
      if (readers.length === 0) return [];
      const vector = await deps.embedDocument(text, signal);
      if (!vector) return [];
      const accepts = pathFilter(options);
      const found = await findIn(
        readers,
        async (reader) => reader.nearest(vector, 2 * limit, accepts),
        signal,
      );
      const scores = new Map(found.map(({ key, score }) => [key, score]));
      const candidates = await candidatesOf(readers, scores);
      return hitsOf(withoutOverlap(rank(candidates, termsOf(text), []), limit));
    },
  };
}

async function openReaders(
  deps: RetrieverDeps,
  folders: readonly string[],
): Promise<readonly IndexReader[]> {
  const readers = await Promise.all([...new Set(folders)].map((folder) => deps.reader(folder)));
  return readers.filter((reader) => reader !== null);
}

/** A chunk's key says which reader it comes from: `<position of the reader>:<id>`. */
async function findIn(
  readers: readonly IndexReader[],
  find: (reader: IndexReader) => Promise<Scored[]>,
  signal: AbortSignal,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const [position, reader] of readers.entries()) {
    signal.throwIfAborted();
    for (const { id, score } of await find(reader)) found.push({ key: `${position}:${id}`, score });
  }
  return found;
}

async function candidatesOf(
  readers: readonly IndexReader[],
  scores: ReadonlyMap<string, number>,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const [position, reader] of readers.entries()) {
    const prefix = `${position}:`;
    const keys = [...scores.keys()].filter((key) => key.startsWith(prefix));
    const chunks = await reader.chunks(keys.map((key) => Number(key.slice(prefix.length))));
    for (const chunk of chunks.values()) {
      candidates.push({ reader, chunk, score: scores.get(`${prefix}${chunk.id}`) ?? 0 });
    }
  }
  return candidates;
}

/** The best `limit` candidates of which no two share a line. */
function withoutOverlap(ranked: readonly Candidate[], limit: number): Candidate[] {
  const taken = new Map<string, Candidate[]>();
  const kept: Candidate[] = [];
  for (const candidate of ranked) {
    if (kept.length === limit) break;
    const ofFile = taken.get(fileKeyOf(candidate)) ?? [];
    if (ofFile.some((other) => sharesLine(other, candidate))) continue;
    taken.set(fileKeyOf(candidate), [...ofFile, candidate]);
    kept.push(candidate);
  }
  return kept;
}

function sharesLine({ chunk: a }: Candidate, { chunk: b }: Candidate): boolean {
  return a.startLine <= b.endLine && b.startLine <= a.endLine;
}

async function hitsOf(candidates: readonly Candidate[]): Promise<SearchHit[]> {
  return Promise.all(
    candidates.map(async ({ reader, chunk, score }) => ({
      folder: reader.folder,
      path: chunk.path,
      startLine: chunk.startLine,
      endLine: chunk.endLine,
      score,
      text: await reader.textOf(chunk),
      symbols: chunk.symbols,
    })),
  );
}
