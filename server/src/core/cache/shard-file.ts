import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { generationsIn } from './generations.ts';

const SHARD_NAME = /^[a-z0-9-]{1,40}-[0-9a-f]{16}$/;

/**
 * Name of a space's shard, without its generation: a readable slug of the model, then the space's
 * id, so that no model name can leave the directory and no two spaces share a file.
 */
export function shardNameOf(space: EmbeddingSpace): string {
  const slug = space.model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'model' : slug}-${spaceIdOf(space)}`;
}

export function isShardName(name: string): boolean {
  return SHARD_NAME.test(name);
}

/** Names of the shards that a directory holds, one per space. */
export function shardNamesIn(directory: string): string[] {
  return [...generationsIn(directory).keys()].filter(isShardName).sort();
}
