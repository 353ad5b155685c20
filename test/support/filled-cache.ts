import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { currentFile } from '../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../server/src/core/cache/shard-file.ts';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { fakeVector } from './fake-provider.ts';

/** Puts these texts, with the one right vector of each, as an embedder would. */
export async function fillCache(
  directory: string,
  space: EmbeddingSpace,
  texts: readonly string[],
): Promise<void> {
  const cache = await openCache({ directory, storeText: true });
  const shard = await cache.shard(space);
  await shard.putMany(new Map(texts.map((text) => [textHashOf(text), fakeVector(space, text)])));
  await cache.texts.putMany(new Map(texts.map((text) => [textHashOf(text), text])));
  await cache.close();
}

/** Of these texts, those whose vector is there; throws for a vector that is not the right one. */
export async function textsIn(
  directory: string,
  space: EmbeddingSpace,
  texts: readonly string[],
): Promise<Set<string>> {
  const cache = await openCache({ directory, storeText: true });
  const vectors = await (await cache.shard(space)).getMany(texts.map(textHashOf));
  await cache.close();
  const found = texts.filter((text) => vectors.has(textHashOf(text)));
  for (const text of found) {
    const [is, should] = [vectors.get(textHashOf(text))!, fakeVector(space, text)];
    if (is.some((x, i) => x !== should[i])) throw new Error(`a wrong vector for ${text}`);
  }
  return new Set(found);
}

export function shardFileIn(directory: string, space: EmbeddingSpace): string {
  return currentFile(directory, shardNameOf(space));
}

export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `text number ${from + i}`);
}
