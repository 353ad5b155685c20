import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { unusable, type LocalModel } from './local-model.ts';

/** Small enough that hashing one holds up nothing else. */
const STEP_BYTES = 1 << 20;
/** Hex digits that go into a space's model: 48 bits. */
const DIGITS = 12;

/**
 * Digest of all that gives a text its vector: weights, tokenizer and pooling. The same files give the
 * same digest on any computer, in whatever folder.
 */
export async function digestOf(model: LocalModel, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const { poolings, normalises, wantsWhole } = model;
  hash.update(JSON.stringify({ poolings, normalises, wantsWhole }));
  for (const file of [...model.weights, 'tokenizer.json']) {
    await addFile(hash, path.join(model.folder, file), signal);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/** Its own digest is added, so that no byte can move from one file to the next unseen. */
async function addFile(hash: Hash, file: string, signal?: AbortSignal): Promise<void> {
  const own = createHash('sha256');
  try {
    const options = { highWaterMark: STEP_BYTES, ...(signal ? { signal } : {}) };
    for await (const step of createReadStream(file, options)) own.update(step as Buffer);
  } catch (cause) {
    signal?.throwIfAborted();
    throw unusable(`${file} cannot be read.`, cause);
  }
  hash.update(own.digest());
}
