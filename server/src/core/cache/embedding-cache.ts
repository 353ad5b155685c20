import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { closeAll } from '../close-all.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { openClaims, type Claims } from './claims.ts';
import { databaseFailure } from './database-failure.ts';
import { currentFile } from './generations.ts';
import { shardNameOf, shardNamesIn } from './shard-file.ts';
import { oncePerCause } from './once-per-cause.ts';
import { readSpace, type Shard } from './shard.ts';
import { SteadyShard } from './steady-shard.ts';
import type { OnProblem } from './steady-database.ts';
import { openTextStore, type TextStore } from './text-store.ts';

export interface StoredSpace {
  readonly space: EmbeddingSpace;
  /** Absolute path of the shard's current generation. */
  readonly file: string;
  readonly embeddings: number;
  /** Of the shard and its write-ahead log. */
  readonly bytes: number;
}

/** Text → vector, for ever: one directory, one shard per space, shared by every process. */
export interface EmbeddingCache {
  readonly directory: string;
  readonly texts: TextStore;
  readonly claims: Claims;
  /** Tells whoever opened the cache what it goes on without, once per cause. */
  readonly onProblem: OnProblem;
  /** The space's shard, created when it is new. */
  shard(space: EmbeddingSpace): Promise<Shard>;
  /** Spaces that have a shard, without creating any. */
  spaces(): Promise<EmbeddingSpace[]>;
  storedSpaces(): Promise<StoredSpace[]>;
  /** Bytes of all files in the directory, indexes and usage included. */
  bytes(): number;
  /** Writes which embeddings were read, as far as that is only noted yet: see `LastUse`. */
  flushUses(): Promise<void>;
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly directory: string;
  readonly storeText: boolean;
  /** Told once per cause when the cache goes on with less than it should. */
  readonly onProblem?: OnProblem;
}

/**
 * Opens the cache, making what is missing. Damage, a full or read-only disk or a newer version's
 * files do not fail it: it then answers from memory. Throws Failure `unsafeDirectory` alone.
 */
export async function openCache(options: CacheOptions): Promise<EmbeddingCache> {
  const { directory, storeText } = options;
  const onProblem = oncePerCause(options.onProblem ?? (() => undefined));
  try {
    ensurePrivateDirectory(directory);
  } catch (error) {
    const problem = databaseFailure(`making ${directory}`, error);
    if (problem.kind === 'unsafeDirectory') throw problem;
    onProblem(problem);
  }
  const texts = await openTextStore(path.join(directory, 'hashstring.db'), {
    storeText,
    onProblem,
  });
  return new SqliteCache(directory, texts, onProblem);
}

class SqliteCache implements EmbeddingCache {
  readonly directory: string;
  readonly texts: TextStore;
  readonly claims: Claims;
  readonly onProblem: OnProblem;
  readonly #shards = new Map<string, SteadyShard>();
  /** A shard's space never changes, so each is asked once. */
  readonly #spaceOfName = new Map<string, EmbeddingSpace>();

  constructor(directory: string, texts: TextStore, onProblem: OnProblem) {
    this.directory = directory;
    this.texts = texts;
    this.claims = openClaims(directory);
    this.onProblem = onProblem;
  }

  async shard(space: EmbeddingSpace): Promise<Shard> {
    const id = spaceIdOf(space);
    let shard = this.#shards.get(id);
    if (!shard) {
      shard = new SteadyShard({
        directory: this.directory,
        space,
        onProblem: this.onProblem,
      });
      this.#shards.set(id, shard);
    }
    return shard;
  }

  async spaces(): Promise<EmbeddingSpace[]> {
    for (const name of shardNamesIn(this.directory)) {
      if (this.#spaceOfName.has(name)) continue;
      const space = await readSpace(currentFile(this.directory, name));
      if (space) this.#spaceOfName.set(name, space);
    }
    // One whose file cannot be used is nowhere else.
    for (const { space } of this.#shards.values()) this.#spaceOfName.set(shardNameOf(space), space);
    return [...this.#spaceOfName.values()];
  }

  async storedSpaces(): Promise<StoredSpace[]> {
    const stored: StoredSpace[] = [];
    for (const space of await this.spaces()) {
      const shard = await this.shard(space);
      const file = this.#fileOf(space);
      stored.push({
        space,
        file,
        embeddings: await shard.count(),
        bytes: sizeOf(file) + sizeOf(`${file}-wal`),
      });
    }
    return stored;
  }

  bytes(): number {
    let total = 0;
    if (!existsSync(this.directory)) return 0;
    for (const entry of readdirSync(this.directory, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) total += sizeOf(path.join(entry.parentPath, entry.name));
    }
    return total;
  }

  async flushUses(): Promise<void> {
    for (const shard of this.#shards.values()) await shard.flushUses();
  }

  async close(): Promise<void> {
    // The vectors first: some may be in memory only.
    const parts = [...this.#shards.values(), this.texts, this.claims];
    await closeAll(parts.map((part) => () => part.close()));
  }

  #fileOf(space: EmbeddingSpace): string {
    return currentFile(this.directory, shardNameOf(space));
  }
}

/** A log may vanish between listing and asking, when another process checkpoints. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
