import path from 'node:path';
import type { Knex } from 'knex';
import type { Failure } from '../errors.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { databaseFailure } from './database-failure.ts';
import { IN_MEMORY } from './database.ts';
import {
  beginGeneration,
  currentGeneration,
  generationFile,
  NEWEST_GENERATION,
} from './generations.ts';
import { openMigrated } from './migrations/migrate.ts';
import type { Migration } from './migrations/migration.ts';

/** Told of what the cache goes on without. */
export type OnProblem = (problem: Failure) => void;

export interface SteadyDatabaseOptions {
  /** Absolute path of its first generation. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  /** Bytes. */
  readonly pageSize: number;
  readonly onProblem: OnProblem;
}

/**
 * Opens a database that can be made again from other data. A damaged file is kept and a new
 * generation begun, empty; where no file can be used, the database lives in memory.
 */
export async function openSteadyDatabase(options: SteadyDatabaseOptions): Promise<Knex> {
  const { file, migrations, pageSize, onProblem } = options;
  try {
    return await openGeneration(options);
  } catch (error) {
    const problem = databaseFailure(`opening ${file}`, error);
    onProblem(problem);
    return openMigrated(IN_MEMORY, migrations, { pageSize });
  }
}

async function openGeneration(options: SteadyDatabaseOptions): Promise<Knex> {
  const { migrations, pageSize, onProblem } = options;
  const { dir: directory, name } = path.parse(options.file);
  ensurePrivateDirectory(directory);
  for (;;) {
    const generation = currentGeneration(directory, name);
    const file = path.join(directory, generationFile(name, generation));
    try {
      return await openMigrated(file, migrations, { pageSize });
    } catch (error) {
      const problem = databaseFailure(`opening ${file}`, error);
      if (problem.kind !== 'damagedCache' || generation >= NEWEST_GENERATION) throw problem;
      beginGeneration(directory, name, generation + 1);
      onProblem(problem);
    }
  }
}
