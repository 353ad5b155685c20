import type { Recovery } from '../../errors.ts';
import { canonicalSpace } from '../../keys/space.ts';
import { hashFromBytes, type TextHash } from '../../keys/text-hash.ts';
import { BYTES_PER_NUMBER } from '../../vectors/element.ts';
import type { Vector } from '../../vectors/vector.ts';
import { pageSizeOf, readSpace, type Shard } from '../shard.ts';
import { wholeVectorOf } from '../stored-vector.ts';
import { rowsOfFiles } from './table-rows.ts';

const BATCH = 500;

/**
 * Copies every whole row of a damaged shard's file into another shard. Rows prove themselves by
 * their checksum; a file that says it holds another space is left alone.
 */
export async function salvageShard(file: string, into: Shard): Promise<Recovery> {
  const { space } = into;
  const told = await readSpace(file);
  if (told && canonicalSpace(told) !== canonicalSpace(space)) return { recovered: 0, total: 0 };
  const longest = 200 + space.dimensions * BYTES_PER_NUMBER[space.element];
  let highestId = 0;
  let batch = new Map<TextHash, Vector>();
  let tokens = new Map<TextHash, number>();
  for await (const { id, values } of rowsOfFiles([file], pageSizeOf(space), longest)) {
    const [, hash, vector, checksum, billed] = values;
    if (!Buffer.isBuffer(hash) || !Buffer.isBuffer(vector) || typeof checksum !== 'number') {
      continue;
    }
    const whole = wholeVectorOf(space, hash, { vector, checksum });
    if (!whole) continue;
    highestId = Math.max(highestId, id);
    batch.set(hashFromBytes(hash), whole);
    if (typeof billed === 'number') tokens.set(hashFromBytes(hash), billed);
    if (batch.size < BATCH) continue;
    await into.putMany(batch, tokens);
    batch = new Map();
    tokens = new Map();
  }
  await into.putMany(batch, tokens);
  const recovered = await into.count();
  return { recovered, total: Math.max(recovered, highestId) };
}
