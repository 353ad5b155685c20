import type { Shard } from '../cache/shard.ts';
import type { TextStore } from '../cache/text-store.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import { textHashOf, type TextHash } from '../keys/text-hash.ts';
import { inForm } from '../vectors/vector-form.ts';
import type { Vector } from '../vectors/vector.ts';

interface Stores {
  readonly shard: Shard;
  readonly texts: TextStore;
}

/** What is stored for each text, in the order given; null where nothing is. */
export async function lookUpVectors(
  texts: readonly string[],
  { shard }: Stores,
): Promise<(Vector | null)[]> {
  const hashes = texts.map(textHashOf);
  const found = await shard.getMany([...new Set(hashes)]);
  return hashes.map((hash) => found.get(hash) ?? null);
}

/**
 * Stores vectors that were made elsewhere, one per text, in the form of the shard's space. Throws
 * TypeError before anything is stored where one does not fit that space.
 */
export async function storeVectors(
  texts: readonly string[],
  vectors: readonly ArrayLike<number>[],
  stores: Stores,
): Promise<void> {
  if (vectors.length !== texts.length) {
    throw new TypeError(`${vectors.length} vectors were given for ${texts.length} texts`);
  }
  const vectorOf = new Map<TextHash, Vector>();
  const textOf = new Map<TextHash, string>();
  texts.forEach((text, i) => {
    const hash = textHashOf(text);
    vectorOf.set(hash, vectorIn(stores.shard.space, vectors[i]!, i));
    textOf.set(hash, text);
  });
  await stores.shard.putMany(vectorOf);
  await stores.texts.putMany(textOf);
}

function vectorIn(space: EmbeddingSpace, numbers: ArrayLike<number>, index: number): Vector {
  const { model, dimensions, element } = space;
  if (numbers.length !== dimensions) {
    throw new TypeError(
      `vector ${index} has ${numbers.length} numbers where those of ${model} have ${dimensions}`,
    );
  }
  const vector = inForm(numbers, space);
  if (vector !== null) return vector;
  throw new TypeError(`vector ${index} is all zeros or not finite in ${element}`);
}
