import { describe, expect, it } from 'vitest';
import { PackedVectors } from '../../../server/src/core/index/packed-vectors.ts';
import { PACK_SLOTS } from '../../../server/src/core/index/pack.ts';
import { dot, unit } from '../../../server/src/core/vectors/vector.ts';
import { fakeVector, spaceNamed } from '../../support/fake-provider.ts';

const space = spaceNamed('packs', 24);
const vectorOf = (id: number) => fakeVector(space, String(id));
const everything = () => true;

describe('packed vectors', () => {
  it('find the nearest as an exact scan does, over several packs', async () => {
    const packed = new PackedVectors(24);
    const ids = Array.from({ length: PACK_SLOTS * 2 + 10 }, (_, i) => i + 1);
    for (const id of ids) packed.set(id, vectorOf(id));
    const query = fakeVector(space, 'query');
    const exact = ids
      .map((id) => ({ id, score: dot(query, vectorOf(id)) }))
      .sort((a, b) => b.score - a.score);

    const { found } = await packed.nearest(query, 10, everything);

    expect(found[0]!.id).toBe(exact[0]!.id);
    expect(found[0]!.score).toBeCloseTo(exact[0]!.score, 2);
    const top20 = new Set(exact.slice(0, 20).map(({ id }) => id));
    expect(found.filter(({ id }) => top20.has(id))).toHaveLength(10);
    expect(found.map(({ score }) => score)).toEqual(
      found.map(({ score }) => score).sort((a, b) => b - a),
    );
  });

  it('tell what a chunk that was left out can score at most', async () => {
    const packed = new PackedVectors(24);
    // One number dwarfs the others, so that rounding takes all of them away.
    const spike = unit(Float32Array.from({ length: 24 }, (_, d) => (d === 0 ? 1 : 0.0038)));
    const query = unit(spike.map((x, d) => (d === 0 ? 0 : x)));
    packed.set(5000, spike);
    for (let id = 1; id <= 50; id++) {
      const vector = vectorOf(id);
      const along = dot(vector, query);
      const across = unit(vector.map((x, d) => (d === 0 ? 0 : x - along * query[d]!)));
      packed.set(id, unit(across.map((x, d) => x + 0.01 * query[d]!)));
    }
    const loaded = new PackedVectors(24);
    loaded.addPacks(packed.takeChanged(), () => true);

    for (const each of [packed, loaded]) {
      const { found, others } = await each.nearest(query, 10, everything);
      expect(found.map(({ id }) => id)).not.toContain(5000);
      expect(found[9]!.score).toBeLessThan(dot(query, spike));
      expect(others).toBeGreaterThanOrEqual(dot(query, spike));
      expect((await each.nearest(query, 1000, everything)).others).toBe(-Infinity);
    }
  });

  it('tell what a chunk scores that has nothing to do with the query', async () => {
    const packed = new PackedVectors(24);
    const ids = Array.from({ length: PACK_SLOTS * 40 }, (_, i) => i + 1);
    for (const id of ids) packed.set(id, vectorOf(id));
    packed.delete(3);
    const query = fakeVector(space, 'query');
    const all = ids.filter((id) => id !== 3).map((id) => dot(query, vectorOf(id)));
    const mean = all.reduce((sum, score) => sum + score / all.length, 0);
    expect(packed.typicalScore(query)).toBeCloseTo(mean, 1);
    expect(new PackedVectors(24).typicalScore(query)).toBe(0);
  });

  it('use a freed slot again, and forget what was in it', async () => {
    const packed = new PackedVectors(24);
    for (let id = 1; id <= PACK_SLOTS; id++) packed.set(id, vectorOf(id));
    packed.takeChanged();
    packed.delete(7);
    packed.set(5000, vectorOf(5000));

    expect(packed.takeChanged()).toHaveLength(1);
    expect((await packed.nearest(vectorOf(7), 1, everything)).found[0]!.score).toBeLessThan(0.99);
    expect((await packed.nearest(vectorOf(5000), 1, everything)).found[0]!.id).toBe(5000);
    expect(packed.size).toBe(PACK_SLOTS);
  });

  it('free the slots of chunks that are gone when they are loaded', async () => {
    const packed = new PackedVectors(24);
    for (const id of [1, 2, 3]) packed.set(id, vectorOf(id));
    const loaded = new PackedVectors(24);
    loaded.addPacks(packed.takeChanged(), (id) => id !== 2);

    expect(loaded.has(2)).toBe(false);
    const { found } = await loaded.nearest(vectorOf(2), 5, everything);
    expect(found.map(({ id }) => id).sort()).toEqual([1, 3]);
  });

  it('give only what is accepted', async () => {
    const packed = new PackedVectors(24);
    for (const id of [1, 2, 3]) packed.set(id, vectorOf(id));
    const { found } = await packed.nearest(vectorOf(2), 5, (id) => id !== 2);
    expect(found.map(({ id }) => id).sort()).toEqual([1, 3]);
  });
});
