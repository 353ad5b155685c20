import { Failure } from '../errors.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import type { TextHash } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';
import { databaseFailure } from './database-failure.ts';
import { MemoryShard } from './memory-shard.ts';
import type { Generation } from './generation.ts';
import { NewestGeneration } from './newest-generation.ts';
import { shardGenerations, type ShardPlace } from './shard-generation.ts';
import type { Shard, SqliteShard } from './shard.ts';
import type { OnProblem } from './steady-database.ts';

/** Vectors kept while no file can be written. */
const MEMORY_BYTES = 64 * 2 ** 20;
/** A log this large is held by somebody who reads without an end. */
const LARGE_LOG_BYTES = 256 * 2 ** 20;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * A shard that goes on whatever happens to its file. Damage: the file is kept and what can be read
 * of it brought into the next generation. A full disk, a file that cannot be opened, locked or
 * written: vectors stay in memory until it can. Each cause is told once by `onProblem`.
 */
export class SteadyShard implements Shard {
  readonly space: EmbeddingSpace;
  readonly #onProblem: OnProblem;
  readonly #file: NewestGeneration<SqliteShard>;
  /** What could not be written yet. */
  readonly #memory: MemoryShard;
  #pauseMs = 0;
  #readAgainAt = 0;
  #writeAgainAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(place: ShardPlace) {
    this.space = place.space;
    this.#onProblem = place.onProblem;
    this.#file = new NewestGeneration(shardGenerations(place));
    this.#memory = new MemoryShard(place.space, { maxBytes: MEMORY_BYTES });
  }

  async getMany(
    hashes: readonly TextHash[],
    tokens?: Map<TextHash, number>,
  ): Promise<Map<TextHash, Vector>> {
    if (this.#memory.isEmpty) return this.#read(hashes, tokens);
    const found = await this.#memory.getMany(hashes, tokens);
    const rest = hashes.filter((hash) => !found.has(hash));
    const others = await this.#read(rest, tokens);
    for (const [hash, vector] of others) found.set(hash, vector);
    return found;
  }

  async putMany(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<void> {
    if (vectors.size === 0 || (await this.#write(vectors, tokens))) return;
    await this.#memory.putMany(vectors, tokens);
    this.#scheduleWriting();
  }

  async count(): Promise<number> {
    const inFile = (await this.#onDisk(this.#readAgainAt, (shard) => shard.count())) ?? 0;
    return inFile + (await this.#memory.count());
  }

  /** Writes which rows were read: see `LastUse`. */
  async flushUses(): Promise<void> {
    if (this.#file.isOpen) await this.#onDisk(this.#writeAgainAt, (shard) => shard.flushUses());
  }

  /** Writes what is only in memory, if that can be done now. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#readAgainAt = this.#writeAgainAt = 0;
    await this.#writeMemory();
    await this.#file.leave();
    await this.#memory.close();
  }

  async #read(
    hashes: readonly TextHash[],
    tokens?: Map<TextHash, number>,
  ): Promise<Map<TextHash, Vector>> {
    const all = hashes.length;
    const isDone = (found: ReadonlyMap<TextHash, Vector>): boolean => found.size === all;
    const found = await this.#onDisk(
      this.#readAgainAt,
      (shard) => shard.getMany(hashes, tokens),
      isDone,
    );
    return found ?? new Map<TextHash, Vector>();
  }

  /** False when no file could take them. */
  async #write(
    vectors: ReadonlyMap<TextHash, Vector>,
    tokens?: ReadonlyMap<TextHash, number>,
  ): Promise<boolean> {
    const written = await this.#onDisk(this.#writeAgainAt, async (shard, generation) => {
      await shard.putMany(vectors, tokens);
      this.#watchLog(generation);
      return true;
    });
    if (written !== true) return false;
    this.#pauseMs = this.#readAgainAt = this.#writeAgainAt = 0;
    return true;
  }

  /** Null when there is no file to do a task on now. */
  async #onDisk<T>(
    notBefore: number,
    task: (shard: SqliteShard, generation: Generation<SqliteShard>) => Promise<T>,
    isDone?: (result: T) => boolean,
  ): Promise<T | null> {
    if (performance.now() < notBefore) return null;
    try {
      return await this.#file.use(task, isDone);
    } catch (error) {
      await this.#goOnAfter(databaseFailure('using the cache', error));
      return null;
    }
  }

  async #goOnAfter(problem: Failure): Promise<void> {
    this.#pause(problem.kind === 'newerCache');
    // A full or locked file can still be read.
    const canRead = problem.kind === 'diskFull' || problem.kind === 'cacheBusy';
    if (!this.#file.isOpen || !canRead) {
      this.#readAgainAt = this.#writeAgainAt;
      await this.#file.leave();
    }
    this.#onProblem(problem);
  }

  #watchLog(generation: Generation<SqliteShard>): void {
    const megabytes = Math.round(generation.logBytes() / 2 ** 20);
    if (megabytes * 2 ** 20 < LARGE_LOG_BYTES) return;
    this.#onProblem(
      new Failure(
        'logGrows',
        `another program keeps reading; the log has grown to ${megabytes} MB`,
      ),
    );
  }

  #pause(forEver: boolean): void {
    const doubled = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#pauseMs = forEver ? Infinity : doubled;
    this.#writeAgainAt = performance.now() + this.#pauseMs;
  }

  #scheduleWriting(): void {
    if (this.#timer || this.#pauseMs === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#writeAgainAt = 0;
      void this.#writeMemory();
    }, this.#pauseMs).unref();
  }

  async #writeMemory(): Promise<void> {
    if (this.#memory.isEmpty) return;
    const tokens = new Map<TextHash, number>();
    const vectors = await this.#memory.getMany(this.#memory.hashes(), tokens);
    if (await this.#write(vectors, tokens)) this.#memory.removeMany(vectors.keys());
    else this.#scheduleWriting();
  }
}
