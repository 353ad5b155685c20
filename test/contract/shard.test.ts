import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { MemoryShard } from '../../server/src/core/cache/memory-shard.ts';
import { generationFile } from '../../server/src/core/cache/generations.ts';
import { shardNameOf } from '../../server/src/core/cache/shard-file.ts';
import { openShard } from '../../server/src/core/cache/shard.ts';
import { SteadyShard } from '../../server/src/core/cache/steady-shard.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { describeShard } from './shard.ts';

const onProblem = (): void => undefined;

describeShard('SQLite', (space) => openShard(path.join(tempDirectory(), 'a.db'), space));
describeShard('memory', async (space) => new MemoryShard(space, { maxBytes: 2 ** 20 }));
describeShard(
  'steady',
  async (space) => new SteadyShard({ directory: tempDirectory(), space, onProblem }),
);
describeShard('steady, without a file it may use,', async (space) => {
  const directory = tempDirectory();
  const newer = new BetterSqlite3(path.join(directory, generationFile(shardNameOf(space), 1)));
  newer.pragma('user_version = 99');
  newer.close();
  return new SteadyShard({ directory, space, onProblem });
});
