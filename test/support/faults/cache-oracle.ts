import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'vitest';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { currentFile } from '../../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../../server/src/core/cache/shard-file.ts';
import { spaceIdOf, type EmbeddingSpace } from '../../../server/src/core/keys/space.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import type { Vector } from '../../../server/src/core/vectors/vector.ts';
import { CANARY, filesHolding, holdsCanary } from '../canary.ts';
import { fakeVector } from '../fake-provider.ts';
import type { EmbeddingReport } from './embedding-task.ts';

const LAG_MS = 100;
const RSS_MB = 400;

export const textsFrom = (start: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `text ${start + i}`);

const right = new Map<string, Vector>();

/** The one right vector; made once, for it is made of many hashes. */
function rightVector(space: EmbeddingSpace, text: string): Vector {
  const name = `${spaceIdOf(space)} ${text}`;
  let vector = right.get(name);
  if (!vector) right.set(name, (vector = fakeVector(space, text)));
  return vector;
}

export function rightVectors(space: EmbeddingSpace, texts: readonly string[]) {
  return new Map(texts.map((text) => [textHashOf(text), rightVector(space, text)]));
}

/** Opens the cache as the next process does, and gives which of the texts it holds. */
export async function storedTexts(
  directory: string,
  space: EmbeddingSpace,
  texts: readonly string[],
): Promise<Set<string>> {
  const cache = await openCache({ directory, storeText: true });
  try {
    const shard = await cache.shard(space);
    const vectors = await shard.getMany(texts.map(textHashOf));
    const stored = texts.filter((text) => vectors.has(textHashOf(text)));
    for (const text of stored) {
      // No vector of another text or model, ever.
      expect(vectors.get(textHashOf(text)), text).toEqual(rightVector(space, text));
      const kept = await cache.texts.get(textHashOf(text));
      if (kept !== null) expect(kept).toBe(text);
    }
    return new Set(stored);
  } finally {
    await cache.close();
  }
}

/** What holds of every process that ended well, whatever was done to its files. */
export function expectInvariants(report: EmbeddingReport): void {
  const { wrong, askedAgain, lagP99Ms, rssMb } = report;
  // Each text got a vector, and its own.
  expect(wrong).toBe(0);
  expect(askedAgain).toBe(0);
  expect(lagP99Ms).toBeLessThan(LAG_MS);
  expect(rssMb).toBeLessThan(RSS_MB);
}

/** The space's current file is sound: whatever was not has been left for a new generation. */
export function expectSound(directory: string, space: EmbeddingSpace): void {
  const file = currentFile(directory, shardNameOf(space));
  const db = new BetterSqlite3(file, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    db.close();
  }
}

/** The key stands in the environment of every process; it must stand nowhere else. */
export function expectNoCanary(directory: string, output: string): void {
  expect(holdsCanary(output)).toBe(false);
  expect(filesHolding(directory, CANARY)).toEqual([]);
}
