import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shard } from '../../server/src/core/cache/shard.ts';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { fakeVector, spaceNamed } from '../support/fake-provider.ts';

const texts = ['one', 'two', 'three'];
const vectorsIn = (space: EmbeddingSpace, of = texts) =>
  new Map(of.map((text) => [textHashOf(text), fakeVector(space, text)]));

/** What every shard promises, wherever it keeps its vectors. */
export function describeShard(
  name: string,
  create: (space: EmbeddingSpace) => Promise<Shard>,
): void {
  describe(`${name} shard`, () => {
    const space = spaceNamed('contract');
    let shard: Shard;
    beforeEach(async () => {
      shard = await create(space);
    });
    afterEach(() => shard.close());

    it('says which space it holds, and begins empty', async () => {
      expect(shard.space).toEqual(space);
      expect(await shard.count()).toBe(0);
      expect(await shard.getMany(texts.map(textHashOf))).toEqual(new Map());
    });

    it('gives back exactly what was put, and nothing for what was not', async () => {
      await shard.putMany(vectorsIn(space));
      const asked = [...texts, 'four'].map(textHashOf);
      expect(await shard.getMany(asked)).toEqual(vectorsIn(space));
      expect(await shard.count()).toBe(3);
    });

    it('finds a hash that is asked for twice, and none when none is asked for', async () => {
      await shard.putMany(vectorsIn(space));
      const one = textHashOf('one');
      expect([...(await shard.getMany([one, one])).keys()]).toEqual([one]);
      expect(await shard.getMany([])).toEqual(new Map());
    });

    it('keeps one vector for a hash that is put again', async () => {
      await shard.putMany(vectorsIn(space));
      await shard.putMany(vectorsIn(space, ['two', 'four']));
      expect(await shard.count()).toBe(4);
      const all = [...texts, 'four'];
      expect(await shard.getMany(all.map(textHashOf))).toEqual(vectorsIn(space, all));
    });

    it('keeps its own copy: what callers do to theirs changes nothing', async () => {
      const put = vectorsIn(space);
      await shard.putMany(put);
      for (const vector of put.values()) vector.fill(7);
      const got = await shard.getMany(texts.map(textHashOf));
      for (const vector of got.values()) vector.fill(8);
      expect(await shard.getMany(texts.map(textHashOf))).toEqual(vectorsIn(space));
    });

    it.each([
      ['of another length', new Float32Array(7).fill(1)],
      ['of zeros', new Float32Array(8)],
      ['not of numbers', new Float32Array(8).fill(NaN)],
    ])('refuses all of what is put when the last vector is %s', async (_, wrong) => {
      // More than are written in one go.
      const many = Array.from({ length: 1200 }, (_each, i) => `text ${i}`);
      const put = new Map([...vectorsIn(space, many), [textHashOf('wrong'), wrong]]);
      await expect(shard.putMany(put)).rejects.toThrow(RangeError);
      expect(await shard.count()).toBe(0);
    });

    it('takes thousands at once, from several callers', async () => {
      const many = Array.from({ length: 2500 }, (_, i) => `text ${i}`);
      const halves = [many.slice(0, 1500), many.slice(1000)];
      await Promise.all(halves.map((half) => shard.putMany(vectorsIn(space, half))));
      expect(await shard.count()).toBe(2500);
      expect(await shard.getMany(many.map(textHashOf))).toEqual(vectorsIn(space, many));
    });

    it.each(['float16', 'float64'] as const)('rounds %s alike', async (element) => {
      const other = await create({ ...space, element });
      const vector = Float64Array.from({ length: 8 }, (_, i) => 1 / (i + 3));
      const hash = textHashOf('thirds');
      await other.putMany(new Map([[hash, vector]]));
      const back = (await other.getMany([hash])).get(hash)!;
      expect(back).toHaveLength(8);
      if (element === 'float64') expect(back).toEqual(vector);
      else expect(back[0]).toBe(0.333251953125);
      await other.close();
    });
  });
}
