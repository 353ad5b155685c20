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

const KINDS = [
  'plain',
  'duplicates',
  'near-ties',
  'norms',
  'spikes',
  'some spikes',
  'clusters',
] as const;
type Kind = (typeof KINDS)[number];

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
      case 'some spikes':
        // Few are rounded coarsely, which tells nothing of the others.
        return i % 5 === 0
          ? unit(around(centre, 0.3).map((x, d) => (d === 0 ? 60 : x)))
          : unit(random());
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
          const packed = new PackedVectors(dimensions, codes);
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
      nearest: async () => ({ found, others: -Infinity }),
      vectorsOf: async () => new Map(),
    });
    expect(hits).toEqual(found.map(({ id, score }) => ({ id, score })));
  });

  it('does not believe a vector that is not what was packed', async () => {
    const hits = await nearestExactly(query, 2, {
      nearest: async () => ({ found, others: -Infinity }),
      vectorsOf: async () => new Map([[2, unit(Float32Array.of(1, 1))]]),
    });
    expect(hits.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('asks for the vectors of those only that may be among the first ten', async () => {
    const ranked = Array.from({ length: 256 }, (_, i) => ({
      id: i + 1,
      score: 0.9 - i * 0.001,
      error: 0.0015,
    }));
    const askedFor = async (lost: number) => {
      const asked: number[] = [];
      await nearestExactly(query, 50, {
        nearest: async () => ({ found: ranked, others: 0.6 }),
        vectorsOf: async (ids) => {
          asked.push(...ids);
          return new Map(ids.map((id) => [id, vectorScoring(ranked[id - 1]!.score - lost)]));
        },
      });
      return asked;
    };
    const first = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    expect(await askedFor(0)).toEqual(first(11));
    // The tenth turns out to be worse than its code, so that a twelfth may be better.
    expect(await askedFor(0.0014)).toEqual(first(12));
  });

  it('asks for more chunks only where one that was left out may be among the first ten', async () => {
    const ranked = Array.from({ length: 300 }, (_, i) => ({
      id: i + 1,
      score: 0.9 - i * 0.001,
      error: 0.0006,
    }));
    const limitsOf = async (others: number) => {
      const limits: number[] = [];
      await nearestExactly(query, 10, {
        async nearest(limit) {
          limits.push(limit);
          return {
            found: ranked.slice(0, limit),
            others: limits.length === 1 ? others : -Infinity,
          };
        },
        vectorsOf: async () => new Map(),
      });
      return limits;
    };
    expect(await limitsOf(0.8)).toEqual([256]);
    expect(await limitsOf(0.895)).toEqual([256, 4096]);
  });

  /** A unit vector whose inner product with the query is this. */
  function vectorScoring(score: number): Vector {
    const angle = Math.PI / 4 + Math.acos(score);
    return Float64Array.of(Math.cos(angle), Math.sin(angle));
  }
});
