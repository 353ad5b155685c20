import type { Candidate } from '../candidate.ts';
import type { RerankGate } from './rerank-gate.ts';

/** Best candidates that are sent: what is meant is hardly ever below, and each one costs. */
export const MOST_RERANKED = 50;

/**
 * The candidates with the best of them in the order the reranker gives. Scores stay with the places:
 * who takes a place takes its score. Those it was not asked about keep theirs, and who holds the
 * exact text stays before who does not.
 */
export async function rerankHits(
  query: string,
  ranked: readonly Candidate[],
  gate: RerankGate,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const best = ranked.slice(0, MOST_RERANKED);
  const texts = await Promise.all(
    best.map(async ({ reader, chunk }) => ({
      folder: reader.folder,
      path: chunk.path,
      text: await reader.textOf(chunk),
    })),
  );
  const relevance = await gate.relevanceOf(query, texts, signal);
  const asked = best.flatMap((candidate, place) => {
    const found = relevance[place] ?? null;
    return found === null ? [] : [{ candidate, place, relevance: found }];
  });
  const reordered = [...ranked];
  for (const group of Map.groupBy(asked, ({ candidate }) => candidate.evidence.exact).values()) {
    const sorted = group.toSorted((a, b) => b.relevance - a.relevance || a.place - b.place);
    for (const [i, { place, candidate: before }] of group.entries()) {
      reordered[place] = placed(sorted[i]!, before.score);
    }
  }
  return reordered;
}

function placed(
  { candidate, relevance }: { candidate: Candidate; relevance: number },
  score: number,
): Candidate {
  const change = score - candidate.score;
  const steps =
    change === 0 ? candidate.steps : [...candidate.steps, { signal: 'reranker', change }];
  return { ...candidate, score, relevance, steps };
}
