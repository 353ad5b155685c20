import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { workspacesIn } from './cache/cache-directory.ts';
import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import { Failure } from './errors.ts';
import type { FileSource } from './files/file-source.ts';
import { isFolderUri, openFolderSource, type FolderSourceDeps } from './folder-source.ts';
import { openBlobTable, type BlobTable } from './index/blob-table.ts';
import { createIndexReader } from './index/folder-reader.ts';
import type { IndexReader } from './index/index-reader.ts';
import { indexFileOf, openWorkspaceIndex, type WorkspaceIndex } from './index/workspace-index.ts';
import type { ProviderInUse } from './provider-in-use.ts';

export interface OpenFoldersDeps extends FolderSourceDeps {
  /** Told, for the user to read, when an index begins anew or lives in memory. */
  onCacheProblem?(problem: Failure): void;
}

/** Long enough for any file to be opened; nobody can cancel what asks for less than a second. */
const OPEN_DEADLINE_MS = 60_000;

/** The folders asked about, each with its index in the space of the provider in use. */
export class OpenFolders {
  readonly #config: Config;
  readonly #deps: OpenFoldersDeps;
  readonly #cache: EmbeddingCache;
  readonly #provider: ProviderInUse;
  readonly #workspaces: string;
  readonly #indexes = new Map<string, Promise<WorkspaceIndex>>();
  #blobs: Promise<BlobTable> | null = null;

  constructor(
    config: Config,
    deps: OpenFoldersDeps,
    cache: EmbeddingCache,
    provider: ProviderInUse,
  ) {
    this.#config = config;
    this.#deps = deps;
    this.#cache = cache;
    this.#provider = provider;
    this.#workspaces = workspacesIn(config.cacheDir);
  }

  async index(
    folder: string,
    signal: AbortSignal = AbortSignal.timeout(OPEN_DEADLINE_MS),
  ): Promise<WorkspaceIndex> {
    const { provider, secretCheck } = await this.#provider.open(signal);
    let index = this.#indexes.get(folder);
    if (!index) {
      index = openWorkspaceIndex({
        folder,
        directory: this.#workspaces,
        space: provider.space,
        secretCheck,
        onProblem: this.#onProblem,
      });
      this.#indexes.set(folder, index);
      index.catch(() => this.#indexes.delete(folder));
    }
    return index;
  }

  async reader(folder: string): Promise<IndexReader | null> {
    const { provider, vectors } = await this.#provider.open(AbortSignal.timeout(OPEN_DEADLINE_MS));
    return createIndexReader({
      index: await this.index(folder),
      texts: this.#cache.texts,
      shard: vectors,
      fieldWeights: provider.fieldWeights,
      source: this.source(folder),
    });
  }

  source(folder: string): FileSource {
    return openFolderSource(folder, this.#config, this.#deps);
  }

  /** What git calls each text, over all folders. */
  blobs(): Promise<BlobTable> {
    this.#blobs ??= openBlobTable(this.#workspaces, this.#cache.texts, this.#onProblem);
    return this.#blobs;
  }

  /** The innermost folder around a file that has an index; null where none has. */
  indexedFolderOf(file: string): string | null {
    for (let at = path.dirname(file); ; at = path.dirname(at)) {
      if (existsSync(indexFileOf(this.#workspaces, at))) return at;
      if (path.dirname(at) === at) return null;
    }
  }

  readonly #onProblem = (problem: Failure): void => {
    this.#deps.onCacheProblem?.(problem);
  };

  async close(): Promise<void> {
    const indexes = await Promise.allSettled(this.#indexes.values());
    const opened = indexes.flatMap((index) => (index.status === 'fulfilled' ? [index.value] : []));
    const blobs = await this.#blobs?.catch(() => null);
    await closeAll([...opened, ...(blobs ? [blobs] : [])].map((each) => () => each.close()));
  }
}

/** One folder has one name, however it was reached. */
export async function folderOf(folder: string): Promise<string> {
  if (isFolderUri(folder)) return folder;
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new Failure('badSettings', `the folder ${folder} cannot be opened`, { cause });
  }
}
