import type { EmbeddingSpace } from '../keys/space.ts';
import type { GenerationPlace } from './generation.ts';
import { recoverOlder } from './recovery.ts';
import { salvageShard } from './salvage/salvage-shard.ts';
import { shardNameOf } from './shard-file.ts';
import { openShard, type SqliteShard } from './shard.ts';
import type { OnProblem } from './steady-database.ts';

export interface ShardPlace {
  readonly directory: string;
  readonly space: EmbeddingSpace;
  readonly onProblem: OnProblem;
}

/** A space's files: each has what could be read of the damaged ones before it. */
export function shardGenerations(place: ShardPlace): GenerationPlace<SqliteShard> {
  const { directory, space, onProblem } = place;
  return {
    directory,
    name: shardNameOf(space),
    async open(file, older) {
      const shard = await openShard(file, space);
      try {
        await recoverOlder(shard, older, (damaged) => salvage(damaged, shard), onProblem);
        return shard;
      } catch (error) {
        await shard.close();
        throw error;
      }
    },
  };
}

async function salvage(damaged: readonly string[], shard: SqliteShard) {
  let total = 0;
  for (const file of damaged) total = Math.max(total, (await salvageShard(file, shard)).total);
  const recovered = await shard.count();
  return { recovery: { recovered, total: Math.max(recovered, total) } };
}
