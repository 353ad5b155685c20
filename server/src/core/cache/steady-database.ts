import path from 'node:path';
import type { Knex } from 'knex';
import type { Failure, Recovery } from '../errors.ts';
import { databaseFailure } from './database-failure.ts';
import { IN_MEMORY } from './database.ts';
import { openNewest, type Opened } from './generation.ts';
import { openMigrated } from './migrations/migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { NewestGeneration } from './newest-generation.ts';
import { recoverOlder, recoveryIn, setRecoveryIn, type Salvaged } from './recovery.ts';

/** Told of what the cache goes on without. */
export type OnProblem = (problem: Failure) => void;

export interface DatabaseFileOptions {
  /** Absolute path of its first generation. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  /** Bytes. */
  readonly pageSize: number;
  readonly onProblem: OnProblem;
}

export interface SteadyDatabaseOptions extends DatabaseFileOptions {
  /** Copies what can be read of damaged files (absolute paths, oldest first) into a new one. */
  readonly salvage: (damaged: readonly string[], into: Knex) => Promise<Salvaged>;
  /** Writes what a database in memory begins with. */
  readonly fillMemory?: (db: Knex) => Promise<void>;
}

/**
 * A database that goes on whatever happens to its file. Damage, found when it is opened or while it
 * is used: the file is kept and what can be read of it brought into the next generation. Where no
 * file can be used, it lives in memory, as long as this process does.
 */
export class SteadyDatabase {
  readonly #options: SteadyDatabaseOptions;
  readonly #file: NewestGeneration<OpenDatabase>;
  #memory: Promise<Knex> | null = null;

  private constructor(options: SteadyDatabaseOptions) {
    this.#options = options;
    this.#file = new NewestGeneration({
      ...placeOf(options.file),
      open: (file, older) => openRecovered(file, older, options),
    });
  }

  static async open(options: SteadyDatabaseOptions): Promise<SteadyDatabase> {
    const database = new SteadyDatabase(options);
    await database.use(() => Promise.resolve());
    return database;
  }

  get isInMemory(): boolean {
    return this.#memory !== null;
  }

  /**
   * Does a task on the database; once more on another file where that one turns out to be damaged,
   * or to be none that others see. Throws what the task throws.
   *
   * @param isDone whether a result is the same in any file
   */
  async use<T>(task: (db: Knex) => Promise<T>, isDone?: (result: T) => boolean): Promise<T> {
    if (!this.#memory) {
      try {
        return await this.#file.use(({ db }) => task(db), isDone);
      } catch (error) {
        if (this.#file.isOpen) throw error;
        this.#options.onProblem(databaseFailure(`opening ${this.#options.file}`, error));
        await this.goOnInMemory();
      }
    }
    return task(await this.#memory!);
  }

  /**
   * Leaves the file as it is, damaged where no task meets it, and brings what can be read of it into
   * a new one, to which every process goes over. Null where no file can be used.
   */
  async renew(): Promise<Recovery | null> {
    if (this.isInMemory) return null;
    await this.#file.renew();
    return this.use(recoveryIn);
  }

  /** From here on nothing is written to a file. */
  async goOnInMemory(): Promise<void> {
    this.#memory ??= this.#openMemory();
    await this.#memory;
    await this.#file.leave();
  }

  async close(): Promise<void> {
    await this.#file.leave();
    await (await this.#memory)?.destroy();
  }

  async #openMemory(): Promise<Knex> {
    const { migrations, pageSize, fillMemory } = this.#options;
    const db = await openMigrated(IN_MEMORY, migrations, { pageSize });
    await fillMemory?.(db);
    return db;
  }
}

/**
 * Opens a database that costs nothing to make again. A damaged file is kept and a new generation
 * begun, empty; where no file can be used, the database lives in memory.
 */
export async function openDerivedDatabase(options: DatabaseFileOptions): Promise<Knex> {
  const { file, migrations, pageSize, onProblem } = options;
  try {
    const generation = await openNewest({
      ...placeOf(file),
      async open(newest) {
        try {
          return new OpenDatabase(await openMigrated(newest, migrations, { pageSize }));
        } catch (error) {
          const problem = databaseFailure(`opening ${newest}`, error);
          if (problem.kind === 'damagedCache') onProblem(problem);
          throw problem;
        }
      },
    });
    return await generation.use(({ db }) => Promise.resolve(db));
  } catch (error) {
    onProblem(databaseFailure(`opening ${file}`, error));
    return openMigrated(IN_MEMORY, migrations, { pageSize });
  }
}

class OpenDatabase implements Opened {
  readonly db: Knex;

  constructor(db: Knex) {
    this.db = db;
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}

async function openRecovered(
  file: string,
  older: readonly string[],
  { migrations, pageSize, salvage, onProblem }: SteadyDatabaseOptions,
): Promise<OpenDatabase> {
  const db = await openMigrated(file, migrations, { pageSize });
  try {
    const recovering = {
      recovery: () => recoveryIn(db),
      setRecovery: (salvaged: Salvaged) => setRecoveryIn(db, salvaged),
    };
    await recoverOlder(recovering, older, (damaged) => salvage(damaged, db), onProblem);
    return new OpenDatabase(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function placeOf(file: string): { directory: string; name: string } {
  const { dir: directory, name } = path.parse(file);
  return { directory, name };
}
