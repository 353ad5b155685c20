import { dot, type Vector } from '../vectors/vector.ts';
import type { Scored } from './index-reader.ts';
import type { Approximate, Nearest } from './best-few.ts';

/** What exact scores need of a folder: its codes, and the vectors they were made from. */
export interface Rescorable {
  nearest(limit: number): Promise<Nearest>;
  /** Those of these chunks whose vectors are at hand. */
  vectorsOf(chunkIds: readonly number[]): Promise<ReadonlyMap<number, Vector>>;
}

/** Places that are right whatever the codes say, as far as `MOST_RESCORED` reaches. */
const RIGHT_PLACES = 10;
/** Chunks that codes can hardly tell apart are seldom more than this. */
const USUALLY_ENOUGH = 256;
/** Among more near-ties than this the codes decide. */
const MOST_RESCORED = 4096;

/** The nearest chunks, best first: by their codes, and where that matters by their exact vectors. */
export async function nearestExactly(
  query: Vector,
  limit: number,
  folder: Rescorable,
): Promise<Scored[]> {
  const usual = await folder.nearest(Math.max(limit, USUALLY_ENOUGH));
  // Chunks that were left out may belong to the first, too.
  const mayMissOne = usual.others > barOf(usual.found);
  const most = Math.max(limit, MOST_RESCORED);
  const { found } = mayMissOne ? await folder.nearest(most) : usual;
  const exact = await firstExactly(query, found, folder);
  return found
    .map(({ id, score }) => ({ id, score: exact.get(id) ?? score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

/** Exact scores of all that may belong to the first, those first that may score most. */
async function firstExactly(
  query: Vector,
  found: readonly Approximate[],
  folder: Rescorable,
): Promise<Map<number, number>> {
  const bar = barOf(found);
  let inQuestion = found.filter(({ score, error }) => score + error >= bar);
  const known = new Map(inQuestion.map((each) => [each.id, each]));
  const exact = new Map<number, number>();
  while (inQuestion.length > 0) {
    // Scores are seldom as far off as they may be: most likely no others need be asked for.
    const likelyBar = tenthOf(Float64Array.from(known.values(), ({ score }) => score));
    const likely = inQuestion.filter(({ score, error }) => score + error >= likelyBar);
    const batch = likely.length > 0 ? likely : inQuestion;
    const vectors = await folder.vectorsOf(batch.map(({ id }) => id));
    for (const { id, score, error } of batch) {
      const vector = vectors.get(id);
      const rescored = vector ? dot(query, vector) : NaN;
      // Further off than rounding can be: the cache no longer has all that was packed.
      if (!(Math.abs(rescored - score) <= error)) continue;
      exact.set(id, rescored);
      known.set(id, { id, score: rescored, error: 0 });
    }
    const asked = new Set(batch);
    const nowBar = barOf([...known.values()]);
    inQuestion = inQuestion.filter((each) => !asked.has(each) && each.score + each.error >= nowBar);
  }
  return exact;
}

/** What the last of the first places scores at least. */
function barOf(known: readonly Approximate[]): number {
  return tenthOf(Float64Array.from(known, ({ score, error }) => score - error));
}

/** Of the first places the last, in numbers that it sorts. */
function tenthOf(scores: Float64Array): number {
  return scores.sort().at(-RIGHT_PLACES) ?? -Infinity;
}
