import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedVectors } from '../../../server/src/core/index/packed-vectors.ts';
import { PlainPackCodes, WasmPackCodes } from '../../../server/src/core/index/pack-codes.ts';
import { strideOf } from '../../../server/src/core/index/pack.ts';
import { nearestExactly } from '../../../server/src/core/index/rescoring.ts';
import { bundledScanKernel } from '../../../server/src/core/index/scan-kernel.ts';
import { dot, unit, type Vector } from '../../../server/src/core/vectors/vector.ts';

/** Numbers of a normal distribution, the same for the same seed. */
function normals(seed: number): () => number {
  let state = seed >>> 0 || 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

type Kind = 'plain' | 'duplicates' | 'near-ties' | 'norms' | 'spikes' | 'clusters';
const KINDS: readonly Kind[] = ['plain', 'duplicates', 'near-ties', 'norms', 'spikes', 'clusters'];

function vectorsOf(kind: Kind, count: number, dimensions: number, next: () => number): Vector[] {
  const random = () => Float32Array.from({ length: dimensions }, next);
  const centre = random();
  const centres = Array.from({ length: 20 }, random);
  const around = (middle: Vector, spread: number) => middle.map((x) => x + spread * next());
  return Array.from({ length: count }, (_, i): Vector => {
    switch (kind) {
      case 'plain':
        return unit(random());
      case 'duplicates':
        return unit(i % 3 === 0 ? centre : centres[i % 20]!);
      case 'near-ties':
        return unit(i % 2 === 0 ? around(centre, 1e-3) : random());
      case 'norms':
        return unit(random().map((x) => x * (i % 2 === 0 ? 1e-30 : 1e30)));
      case 'spikes':
        // One number dwarfs the others, so that rounding takes most of them away.
        return unit(random().map((x, d) => (d === 0 ? 200 : x)));
      case 'clusters':
        return unit(around(centres[i % 20]!, 0.05));
    }
  });
}

/** Share of the first ten that are as near as the tenth of an exact search. */
async function recallAt10(
  vectors: readonly Vector[],
  query: Vector,
  packed: PackedVectors,
): Promise<number> {
  const exact = vectors.map((vector) => dot(query, vector)).sort((a, b) => b - a);
  const found = await nearestExactly(query, 10, {
    nearest: (limit) => packed.nearest(query, limit, () => true),
    vectorsOf: async (ids) => new Map(ids.map((id) => [id, vectors[id - 1]!])),
  });
  const tenth = exact[Math.min(9, exact.length - 1)]!;
  const right = found.filter(({ id }) => dot(query, vectors[id - 1]!) >= tenth);
  return right.length / Math.min(10, exact.length);
}

describe.each(['compiled', 'plain'] as const)('the %s scan with rescoring', (loop) => {
  it.each(KINDS)('finds the ten nearest of %s as an exact search does', async (kind) => {
    const recalls: number[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 1 }),
        async (count, dimensions, seed) => {
          const next = normals(seed);
          const vectors = vectorsOf(kind, count, dimensions, next);
          const stride = strideOf(dimensions);
          const codes =
            loop === 'plain'
              ? new PlainPackCodes(stride)
              : new WasmPackCodes(stride, bundledScanKernel()!);
          const packed = new PackedVectors(dimensions, [], () => true, codes);
          vectors.forEach((vector, i) => {
            packed.set(i + 1, vector);
          });
          const near = unit(vectors[0]!.map((x) => x + (0.1 * next()) / Math.sqrt(dimensions)));
          const far = unit(Float32Array.from({ length: dimensions }, next));
          for (const query of [near, far, vectors[0]!]) {
            recalls.push(await recallAt10(vectors, query, packed));
          }
        },
      ),
      { numRuns: 12 },
    );
    const mean = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
    expect(mean).toBeGreaterThanOrEqual(0.999);
  });
});

describe('rescoring', () => {
  const query = unit(Float32Array.of(1, 1));
  const found = [
    { id: 1, score: 0.9, error: 0.02 },
    { id: 2, score: 0.89, error: 0.02 },
  ];

  it('leaves the code’s score where no vector is at hand', async () => {
    const hits = await nearestExactly(query, 2, {
      nearest: async () => found,
      vectorsOf: async () => new Map(),
    });
    expect(hits).toEqual(found.map(({ id, score }) => ({ id, score })));
  });

  it('does not believe a vector that is not what was packed', async () => {
    const hits = await nearestExactly(query, 2, {
      nearest: async () => found,
      vectorsOf: async () => new Map([[2, unit(Float32Array.of(1, 1))]]),
    });
    expect(hits.map(({ id }) => id)).toEqual([1, 2]);
  });
});
