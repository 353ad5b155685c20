import { failureOf } from '../errors.ts';
import type { IndexReader } from '../index/index-reader.ts';
import type { Vector } from '../vectors/vector.ts';
import { bestLinesOf } from './best-lines.ts';
import { type Candidate, fileKeyOf } from './candidate.ts';
import { findCandidates, type Searched } from './find-candidates.ts';
import { MEANING_SHARE } from './fusion.ts';
import { type Literals, literalsOf } from './literals.ts';
import { pathFilter } from './path-filter.ts';
import { type QueryTerms, termsOf } from './query-terms.ts';
import { rank, signalsFor } from './ranking/rank.ts';
import type { Signal } from './ranking/signal.ts';
import type { RerankGate } from './rerank/rerank-gate.ts';
import { MOST_RERANKED, rerankHits } from './rerank/rerank-hits.ts';
import type { SearchFilters, SearchHit, SearchOptions } from './search-hit.ts';

export interface RetrieverDeps {
  /** The folder's index; null when it was never indexed. */
  reader(folder: string): Promise<IndexReader | null>;
  /** Null for a text the model has no vector for: then words alone decide. */
  embedQuery(text: string, signal: AbortSignal): Promise<Vector | null>;
  /** The vector a chunk of this text would have, through the cache; null as above. */
  embedDocument(text: string, signal: AbortSignal): Promise<Vector | null>;
  /** Paths in a folder that differ from a git commit. */
  changedSince(folder: string, commit: string, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** The way to the reranker; none where the user wants none. */
  readonly rerankGate?: RerankGate | null;
  /** All for this platform by default. */
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
const NO_LITERALS: Literals = { quoted: [], whole: null };

export function createRetriever(deps: RetrieverDeps): Retriever {
  const signals = deps.signals ?? signalsFor(process.platform);
  return {
    async search(folders, query, options) {
      const { signal, mode, limit } = options;
      if (query.trim() === '' || limit < 1) return [];
      const searched = await openFolders(deps, folders, options, signal);
      if (searched.length === 0) return [];
      const terms = termsOf(query);
      const literals = mode === 'semantic' ? NO_LITERALS : literalsOf(query);
      const candidates = await findCandidates(
        searched,
        {
          words: mode === 'semantic' ? [] : terms.words,
          vector: mode === 'text' ? null : await deps.embedQuery(query, signal),
          literals,
          meaningShare: MEANING_SHARE[mode],
          many: Math.max(LEAST_CANDIDATES, 2 * limit),
        },
        signal,
      );
      const most = deps.rerankGate ? Math.max(limit, MOST_RERANKED) : limit;
      const best = withoutOverlap(rank(candidates, terms, signals), most);
      const reranked = await rerankedIfWanted(deps, query, best, options);
      return hitsOf(reranked.slice(0, limit), terms, literals);
    },

    async similar(folders, text, options) {
      const { signal, limit } = options;
      if (text.trim() === '' || limit < 1) return [];
      const searched = await openFolders(deps, folders, options, signal);
      const vector = searched.length === 0 ? null : await deps.embedDocument(text, signal);
      if (!vector) return [];
      const sought = { vector, words: [], literals: NO_LITERALS, meaningShare: 1, many: 2 * limit };
      const found = await findCandidates(searched, sought, signal);
      const candidates = found.map((each) => ({ ...each, score: each.evidence.meaning ?? 0 }));
      const terms = termsOf(text);
      return hitsOf(withoutOverlap(rank(candidates, terms, []), limit), terms, NO_LITERALS);
    },
  };
}

/** What cannot be reranked is shown all the same. */
async function rerankedIfWanted(
  { rerankGate }: RetrieverDeps,
  query: string,
  ranked: readonly Candidate[],
  { signal, onNotReranked }: SearchOptions,
): Promise<readonly Candidate[]> {
  if (!rerankGate || ranked.length < 2) return ranked;
  try {
    return await rerankHits(query, ranked, rerankGate, signal);
  } catch (error) {
    signal.throwIfAborted();
    onNotReranked?.(failureOf(error));
    return ranked;
  }
}

async function openFolders(
  deps: RetrieverDeps,
  folders: readonly string[],
  filters: SearchFilters,
  signal: AbortSignal,
): Promise<Searched[]> {
  const opened = await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      const reader = await deps.reader(folder);
      if (!reader) return null;
      const { changedSince } = filters;
      const changed =
        changedSince === undefined ? null : await deps.changedSince(folder, changedSince, signal);
      return { reader, accepts: pathFilter(filters, changed) };
    }),
  );
  return opened.filter((folder) => folder !== null);
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

async function hitsOf(
  candidates: readonly Candidate[],
  terms: QueryTerms,
  literals: Literals,
): Promise<SearchHit[]> {
  return Promise.all(
    candidates.map(async ({ reader, chunk, score, evidence, steps, relevance = null }) => {
      const { path, startLine, endLine, symbols } = chunk;
      const text = await reader.textOf(chunk);
      const { first, last } = bestLinesOf(text, symbols, terms, literals);
      const lineAt = (offset: number) => Math.min(startLine + offset, endLine);
      return {
        folder: reader.folder,
        ...{ path, startLine, endLine, score, text, symbols },
        best: { startLine: lineAt(first), endLine: lineAt(last) },
        why: { ...evidence, steps, relevance },
      };
    }),
  );
}
