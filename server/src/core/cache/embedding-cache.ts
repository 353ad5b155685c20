import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { currentFile } from './generations.ts';
import { shardNameOf, shardNamesIn } from './shard-file.ts';
import { openShard, readSpace, type Shard } from './shard.ts';
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
  /** The space's shard, created when it is new. */
  shard(space: EmbeddingSpace): Promise<Shard>;
  /** Spaces that have a shard, without creating any. */
  spaces(): Promise<EmbeddingSpace[]>;
  storedSpaces(): Promise<StoredSpace[]>;
  /** Bytes of all files in the directory, indexes and usage included. */
  bytes(): number;
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly directory: string;
  readonly storeText: boolean;
}

export async function openCache({ directory, storeText }: CacheOptions): Promise<EmbeddingCache> {
  ensurePrivateDirectory(directory);
  const texts = await openTextStore(currentFile(directory, 'hashstring'), { storeText });
  return new SqliteCache(directory, texts);
}

class SqliteCache implements EmbeddingCache {
  readonly directory: string;
  readonly texts: TextStore;
  readonly #shards = new Map<string, Promise<Shard>>();
  /** A shard's space never changes, so each is asked once. */
  readonly #spaceOfName = new Map<string, EmbeddingSpace>();

  constructor(directory: string, texts: TextStore) {
    this.directory = directory;
    this.texts = texts;
  }

  async shard(space: EmbeddingSpace): Promise<Shard> {
    const id = spaceIdOf(space);
    let shard = this.#shards.get(id);
    if (!shard) {
      shard = openShard(this.#fileOf(space), space);
      this.#shards.set(id, shard);
      // A failed opening must not stick: the cause may be gone at the next call.
      shard.catch(() => this.#shards.delete(id));
    }
    return shard;
  }

  async spaces(): Promise<EmbeddingSpace[]> {
    for (const name of shardNamesIn(this.directory)) {
      if (this.#spaceOfName.has(name)) continue;
      const space = await readSpace(currentFile(this.directory, name));
      if (space) this.#spaceOfName.set(name, space);
    }
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
    for (const entry of readdirSync(this.directory, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) total += sizeOf(path.join(entry.parentPath, entry.name));
    }
    return total;
  }

  async close(): Promise<void> {
    const shards = await Promise.allSettled(this.#shards.values());
    await this.texts.close();
    for (const shard of shards) if (shard.status === 'fulfilled') await shard.value.close();
  }

  #fileOf(space: EmbeddingSpace): string {
    return currentFile(this.directory, shardNameOf(space));
  }
}

/** A log may vanish between listing and asking, when another process checkpoints. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
