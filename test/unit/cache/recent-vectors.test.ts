import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentVectors } from '../../../server/src/core/cache/recent-vectors.ts';
import { textHashOf, type TextHash } from '../../../server/src/core/keys/text-hash.ts';
import type { Vector } from '../../../server/src/core/vectors/vector.ts';

const hashes = ['a', 'b', 'c', 'd', 'e'].map(textHashOf);
/** Of 8 bytes each; the last hash has none. */
const stored = new Map(hashes.slice(0, 4).map((hash, i) => [hash, Float32Array.of(i, 1)]));

function countingShard() {
  const asked: TextHash[][] = [];
  return {
    asked,
    async getMany(some: readonly TextHash[]): Promise<Map<TextHash, Vector>> {
      asked.push([...some]);
      return new Map(
        some.flatMap((hash) => {
          const vector = stored.get(hash);
          return vector ? [[hash, vector] as const] : [];
        }),
      );
    },
  };
}

describe('the vectors read last', () => {
  const [a, b, c, , unknown] = hashes as [TextHash, TextHash, TextHash, TextHash, TextHash];

  it('are not read again, and what has no vector is asked for each time', async () => {
    const shard = countingShard();
    const recent = new RecentVectors(shard, { maxBytes: 1000 });
    await recent.getMany([a, b, unknown]);
    expect(await recent.getMany([b, c, unknown, a])).toEqual(
      new Map([a, b, c].map((hash) => [hash, stored.get(hash)!])),
    );
    expect(shard.asked).toEqual([
      [a, b, unknown],
      [c, unknown],
    ]);
  });

  it('make room for others: the longest unread goes first', async () => {
    const shard = countingShard();
    const recent = new RecentVectors(shard, { maxBytes: 16 });
    await recent.getMany([a, b]);
    await recent.getMany([a]);
    await recent.getMany([c]);
    shard.asked.length = 0;
    await recent.getMany([a, c]);
    expect(shard.asked).toEqual([]);
    await recent.getMany([b]);
    expect(shard.asked).toEqual([[b]]);
  });

  it('give what the shard gives, whatever is asked in whatever order, in whatever room', async () => {
    const calls = fc.array(fc.uniqueArray(fc.constantFrom(...hashes)));
    await fc.assert(
      fc.asyncProperty(calls, fc.constantFrom(0, 8, 20, 1000), async (asked, maxBytes) => {
        const recent = new RecentVectors(countingShard(), { maxBytes });
        const answers = await Promise.all(asked.map((some) => recent.getMany(some)));
        for (const [i, answer] of answers.entries()) {
          const right = asked[i]!.filter((hash) => stored.has(hash));
          expect(new Set(answer.keys())).toEqual(new Set(right));
          for (const hash of right) expect(answer.get(hash)).toBe(stored.get(hash));
        }
      }),
    );
  });
});
