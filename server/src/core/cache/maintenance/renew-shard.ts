import type { Recovery } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { openNewest } from '../generation.ts';
import { beginGeneration, currentGeneration } from '../generations.ts';
import { shardNameOf } from '../shard-file.ts';
import { shardGenerations } from '../shard-generation.ts';

/**
 * Leaves a space's file as it is and brings what can be read of it into a new one, to which every
 * process goes over. Null where another process did so already.
 */
export async function renewShard(
  directory: string,
  space: EmbeddingSpace,
): Promise<Recovery | null> {
  const name = shardNameOf(space);
  beginGeneration(directory, name, currentGeneration(directory, name) + 1);
  let recovery: Recovery | null = null;
  const renewed = await openNewest(
    shardGenerations({
      directory,
      space,
      onProblem: (problem) => {
        recovery = problem.recovery ?? null;
      },
    }),
  );
  await renewed.leave();
  return recovery;
}
