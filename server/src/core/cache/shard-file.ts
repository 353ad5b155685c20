import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';

const SHARD_FILE = /^[a-z0-9-]{1,40}-[0-9a-f]{16}\.db$/;

/**
 * File name of a space's shard: a readable slug of the model, then the space's id, so that no model
 * name can leave the directory and no two spaces share a file.
 */
export function shardFileOf(space: EmbeddingSpace): string {
  const slug = space.model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'model' : slug}-${spaceIdOf(space)}.db`;
}

export function isShardFile(name: string): boolean {
  return SHARD_FILE.test(name);
}
