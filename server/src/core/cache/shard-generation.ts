import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../errors.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { databaseFailure } from './database-failure.ts';
import {
  beginGeneration,
  currentGeneration,
  generationFile,
  generationsIn,
  NEWEST_GENERATION,
} from './generations.ts';
import { salvageShard } from './salvage/salvage-shard.ts';
import { shardNameOf } from './shard-file.ts';
import { openShard, type SqliteShard } from './shard.ts';
import type { OnProblem } from './steady-database.ts';

export interface ShardPlace {
  readonly directory: string;
  readonly space: EmbeddingSpace;
  readonly onProblem: OnProblem;
}

/** A space's current file, open. */
export class ShardGeneration {
  readonly #shard: SqliteShard;
  readonly #directory: string;
  readonly #name: string;
  readonly #generation: number;
  readonly #inode: number | undefined;
  #uses = 0;
  #isLeft = false;
  #isClosed = false;

  constructor(directory: string, name: string, generation: number, shard: SqliteShard) {
    this.#shard = shard;
    this.#directory = directory;
    this.#name = name;
    this.#generation = generation;
    this.#inode = inodeOf(this.#file(generation));
  }

  /**
   * False when another process has begun the next generation, or when the file was renamed or
   * deleted: then what is written here is lost to everybody else.
   */
  isCurrent(): boolean {
    const inode = inodeOf(this.#file(this.#generation));
    return inode === this.#inode && !existsSync(this.#file(this.#generation + 1));
  }

  /** Leaves this file, damaged, as it is. */
  beginNext(): void {
    beginNext(this.#directory, this.#name, this.#generation);
  }

  /** Of the write-ahead log. */
  logBytes(): number {
    const log = `${this.#file(this.#generation)}-wal`;
    return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  }

  get isLeft(): boolean {
    return this.#isLeft;
  }

  async use<T>(task: (shard: SqliteShard, generation: this) => Promise<T>): Promise<T> {
    this.#uses++;
    try {
      return await task(this.#shard, this);
    } finally {
      this.#uses--;
      await this.#closeWhenDone();
    }
  }

  /** Closes the file once nobody uses it any more. */
  async leave(): Promise<void> {
    this.#isLeft = true;
    await this.#closeWhenDone();
  }

  #file(generation: number): string {
    return path.join(this.#directory, generationFile(this.#name, generation));
  }

  async #closeWhenDone(): Promise<void> {
    if (!this.#isLeft || this.#isClosed || this.#uses > 0) return;
    this.#isClosed = true;
    await this.#shard.close();
  }
}

/** Opens a space's newest file, beginning another where that one is damaged. Throws Failure. */
export async function openShardGeneration(place: ShardPlace): Promise<ShardGeneration> {
  const { directory, space } = place;
  const name = shardNameOf(space);
  for (;;) {
    let generation = 1;
    try {
      // Again each time: a directory that was deleted meanwhile is made anew.
      ensurePrivateDirectory(directory);
      generation = currentGeneration(directory, name);
      const shard = await openShard(path.join(directory, generationFile(name, generation)), space);
      try {
        await recoverOlder(place, name, shard);
      } catch (error) {
        await shard.close();
        throw error;
      }
      return new ShardGeneration(directory, name, generation, shard);
    } catch (error) {
      const problem = databaseFailure(`opening ${name}`, error);
      if (problem.kind !== 'damagedCache') throw problem;
      beginNext(directory, name, generation);
    }
  }
}

function beginNext(directory: string, name: string, generation: number): void {
  if (generation >= NEWEST_GENERATION) {
    throw new Failure('cacheUnusable', `${name} was damaged ${generation} times`);
  }
  beginGeneration(directory, name, generation + 1);
}

/** Before a shard that follows a damaged one is used, all that can be read is brought over. */
async function recoverOlder(
  { directory, onProblem }: ShardPlace,
  name: string,
  shard: SqliteShard,
): Promise<void> {
  const older = (generationsIn(directory).get(name) ?? []).slice(0, -1);
  if (older.length === 0 || (await shard.recovery())) return;
  let total = 0;
  for (const generation of older) {
    const file = path.join(directory, generationFile(name, generation));
    total = Math.max(total, (await salvageShard(file, shard)).total);
  }
  const recovered = await shard.count();
  const recovery = { recovered, total: Math.max(recovered, total) };
  if (!(await shard.setRecovery(recovery))) return;
  const damaged = generationFile(name, older.at(-1)!);
  onProblem(
    new Failure(
      'damagedCache',
      `${path.join(directory, damaged)} is damaged: ` +
        `${recovery.recovered} of ${recovery.total} embeddings recovered; the file was kept`,
      { recovery },
    ),
  );
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
