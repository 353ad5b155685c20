import path from 'node:path';
import type { Recovery } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { workspacesIn } from '../cache-directory.ts';
import { beginNext } from '../generation.ts';
import { currentGeneration, isNewest, nameOfGeneration } from '../generations.ts';
import { NewestGeneration } from '../newest-generation.ts';
import { shardGenerations } from '../shard-generation.ts';

/** Brings what can be read of a damaged file into a new one; null where that is not possible now. */
export type Renew = () => Promise<Recovery | null>;

const NOTHING_TO_RECOVER: Recovery = { recovered: 0, total: 0 };

/** What renews the files that are no shards, by their names without generation and ending. */
export type Renewals = ReadonlyMap<string, Renew>;

export interface RenewalOptions {
  /** Of the cache; absolute path. */
  readonly directory: string;
  /** Of the file, where it is a shard and its space can be read. */
  readonly space: EmbeddingSpace | null;
  readonly renewals: Renewals;
}

/**
 * What brings a file (absolute path) into its next generation, to which every process goes over; an
 * index's is empty. The file stays as it is. Null for a file whose contents nothing here knows, and
 * for a shard whose space cannot be read.
 */
export function renewalOf(file: string, options: RenewalOptions): Renew | null {
  const renew = renewalBy(file, options);
  // Another process may have gone over to the next one since the file was looked at.
  return renew && (() => (isNewest(file) ? renew() : Promise.resolve(null)));
}

function renewalBy(file: string, { directory, space, renewals }: RenewalOptions): Renew | null {
  const name = nameOfGeneration(file);
  if (name === null) return null;
  const folder = path.dirname(file);
  if (folder === workspacesIn(directory)) return () => beginEmpty(folder, name);
  if (folder !== directory) return null;
  return space ? () => renewShard(directory, space) : (renewals.get(name) ?? null);
}

function beginEmpty(directory: string, name: string): Promise<Recovery> {
  beginNext(directory, name, currentGeneration(directory, name));
  return Promise.resolve(NOTHING_TO_RECOVER);
}

async function renewShard(directory: string, space: EmbeddingSpace): Promise<Recovery | null> {
  const onProblem = (): void => undefined;
  const shard = new NewestGeneration(shardGenerations({ directory, space, onProblem }));
  try {
    await shard.renew();
    return await shard.use((opened) => opened.recovery());
  } finally {
    await shard.leave();
  }
}
