import { describe, expect, it } from 'vitest';
import { chunkByLines } from '../../../server/src/core/chunks/line-chunker.ts';
import { findDuplicates } from '../../../server/src/core/search/duplicates.ts';
import { unit, type Vector } from '../../../server/src/core/vectors/vector.ts';
import { MemoryIndex } from '../../support/memory-index.ts';

const { signal } = new AbortController();
const DIMENSIONS = 64;

/** A unit vector with this cosine to the first axis; the rest points along another. */
function atCosine(cosine: number, axis: number): Vector {
  const vector = new Float32Array(DIMENSIONS);
  vector[0] = cosine;
  vector[axis] = Math.sqrt(1 - cosine ** 2);
  return unit(vector);
}

describe('how alike duplicates are', () => {
  it('is their exact cosine, though packed vectors are compared first', async () => {
    const index = new MemoryIndex('/w');
    const cosines = { 'first.ts': 1, 'just-above.ts': 0.9503, 'just-below.ts': 0.9497 };
    for (const [i, [path, cosine]] of Object.entries(cosines).entries()) {
      const [chunk] = chunkByLines(`${path}\n`.repeat(6));
      index.add(path, chunk!, atCosine(cosine, i + 1));
    }
    const { groups } = await findDuplicates([index], { likeness: 'near', limit: 10, signal });
    expect(groups.map(({ places }) => places.map(({ path }) => path))).toEqual([
      ['first.ts', 'just-above.ts'],
    ]);
    expect(groups[0]!.likeness).toBeCloseTo(0.9503, 5);
  });
});
