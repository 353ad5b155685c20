import type { Shard } from '../cache/shard.ts';
import { pathWords } from '../chunks/path-words.ts';
import { textHashOf } from '../keys/text-hash.ts';
import type { FieldWeights } from '../providers/provider.ts';
import { toUnit, type Vector } from '../vectors/vector.ts';
import { symbolText } from './chunk-vectors.ts';
import { composeVector } from './composed-vector.ts';
import type { Embedded } from './index-reader.ts';

/**
 * The vectors that were packed, as exact as the cache has them; a chunk whose body is no longer
 * there is left out. Asks no provider.
 */
export async function cachedVectors(
  chunks: readonly Embedded[],
  shard: Pick<Shard, 'getMany'>,
  weights: FieldWeights | null,
): Promise<Map<number, Vector>> {
  const parts = chunks.map(({ id, hash, path, symbols }) => ({
    id,
    body: hash,
    path: weights ? textHashOf(pathWords(path)) : null,
    symbols: weights ? textHashOf(symbolText({ symbols })) : null,
  }));
  const hashes = parts.flatMap(({ body, path, symbols }) => [body, path, symbols]);
  const found = await shard.getMany([...new Set(hashes.filter((hash) => hash !== null))]);
  const vectors = new Map<number, Vector>();
  for (const { id, body, path, symbols } of parts) {
    const vector = found.get(body);
    if (!vector) continue;
    const fields = {
      path: path === null ? undefined : found.get(path),
      symbols: symbols === null ? undefined : found.get(symbols),
    };
    vectors.set(id, weights ? composeVector(vector, fields, weights) : toUnit(vector));
  }
  return vectors;
}
