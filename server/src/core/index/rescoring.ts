import { dot, type Vector } from '../vectors/vector.ts';
import type { Scored } from './index-reader.ts';
import type { Approximate } from './best-few.ts';

/** What exact scores need of a folder: its codes, and the vectors they were made from. */
export interface Rescorable {
  /** Best first by their codes. */
  nearest(limit: number): Promise<Approximate[]>;
  /** Those of these chunks whose vectors are at hand. */
  vectorsOf(chunkIds: readonly number[]): Promise<ReadonlyMap<number, Vector>>;
}

/** Places that are right whatever the codes say, as far as `MOST_RESCORED` reaches. */
const RIGHT_PLACES = 10;
/** The best by their codes that are rescored in any case. */
const LEAST_RESCORED = 50;
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
  const usual = Math.max(limit, USUALLY_ENOUGH);
  let found = await folder.nearest(usual);
  // Chunks that were cut off may belong to the first, too.
  if (found.length === usual && mayBeAmongFirst(found).length === usual) {
    found = await folder.nearest(MOST_RESCORED);
  }
  const vectors = await folder.vectorsOf(mayBeAmongFirst(found).map(({ id }) => id));
  return found
    .map(({ id, score, error }) => {
      const vector = vectors.get(id);
      const exact = vector ? dot(query, vector) : score;
      // Further off than rounding can be: the cache no longer has all that was packed.
      return { id, score: Math.abs(exact - score) <= error ? exact : score };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

/** The first ones, and all that may belong to the first ten by what rounding can have done. */
function mayBeAmongFirst(found: readonly Approximate[]): readonly Approximate[] {
  const certain = found.map(({ score, error }) => score - error).sort((a, b) => b - a);
  const bar = certain[RIGHT_PLACES - 1] ?? -Infinity;
  return found.filter(({ score, error }, place) => place < LEAST_RESCORED || score + error >= bar);
}
