import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { openCache as openSqliteCache, type EmbeddingCache } from './cache/embedding-cache.ts';
import type { Config, ProviderConfig } from './config.ts';
import type { Embedder, EmbedOptions, EmbedOutcome } from './embed/embedder.ts';
import { Failure, failureOf } from './errors.ts';
import type { SkippedByReason, SkippedFile } from './files/file-source.ts';
import { changedSince } from './files/changed-since.ts';
import { openBlobTable, type BlobTable } from './index/blob-table.ts';
import { isFolderUri, openFolderSource, type FolderSourceDeps } from './folder-source.ts';
import { createIndexReader } from './index/folder-reader.ts';
import { explainIndexed, type FileExplanation } from './index/file-explanation.ts';
import type { IndexReader } from './index/index-reader.ts';
import type { IndexProgress, IndexReport } from './index/index-report.ts';
import { indexFolder, refreshFiles, type IndexerParts } from './index/indexer.ts';
import { PauseGate } from './index/pause-gate.ts';
import { indexFileOf, openWorkspaceIndex, type WorkspaceIndex } from './index/workspace-index.ts';
import { spaceIdOf, type EmbeddingSpace } from './keys/space.ts';
import type { TextHash } from './keys/text-hash.ts';
import type { Logger } from './logger.ts';
import { listModels, type ModelList } from './model-list.ts';
import { createMaintenance, type Maintenance, type MaintenanceDeps } from './maintenance.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { withShards, type OpenedProvider } from './opened-provider.ts';
import { Outbound, type OutboundDeps } from './outbound.ts';
import { createProvider } from './providers/create-provider.ts';
import { describeOwn } from './providers/own-provider.ts';
import type { EmbeddingProvider, ProviderPair } from './providers/provider.ts';
import { openLimitMemory } from './providers/remote/limit-memory.ts';
import { describeProvider, type ProviderDescription } from './providers/describe-provider.ts';
import { createIndexThreads, type IndexThreads } from './index/workers/index-threads.ts';
import { type DuplicateOptions, type Duplicates, findDuplicates } from './search/duplicates.ts';
import { createRetriever, type Retriever } from './search/retriever.ts';
import type { SearchHit, SearchOptions } from './search/search-hit.ts';
import { dayOf, openLedger, type Ledger } from './usage/ledger.ts';
import type { SentEntry } from './usage/send-log.ts';
import { readPrices } from './usage/price-file.ts';
import type { PriceOf } from './usage/prices.ts';
import type { Usage } from './usage/usage.ts';
import { usageByDay, type DayOfUsage } from './usage-by-day.ts';
import { toUnit, type Vector } from './vectors/vector.ts';

/** What core needs from the process it runs in. */
export interface CoreDeps extends MaintenanceDeps, OutboundDeps, FolderSourceDeps {
  readonly logger: Logger;
  /** Absolute path of the embedded model's file. */
  readonly modelFile: string;
  /** Absolute path of the script of `index-worker.ts`; without it indexing works in this thread. */
  readonly indexWorker?: string;
  readonly fetch: typeof globalThis.fetch;
  /** Null when none is stored for this provider and origin. */
  apiKeyOf(provider: string, origin: string): string | null;
  /** Whether the user agreed to send text to this origin. */
  mayContact(origin: string): boolean;
  /** A provider of the program's own, in place of the configured one. */
  readonly ownProvider?: EmbeddingProvider;
  /** Told, for the user to read, when the cache goes on with less than it should. */
  onCacheProblem?(problem: Failure): void;
  /** The cache; SQLite files in the configured directory unless another is given. */
  readonly openCache?: (config: Config) => Promise<EmbeddingCache>;
  /** Where indexing can be paused; one of its own unless given. */
  readonly gate?: PauseGate;
}

export interface EmbedReport {
  readonly space: EmbeddingSpace;
  /** One per text, in the order given; a text given twice has two equal outcomes. */
  readonly outcomes: readonly EmbedOutcome[];
}

export interface IndexOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Predict only: nothing is sent, nothing is stored. */
  readonly dryRun?: boolean;
}

export interface SpaceStats {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
  readonly type: 'float32' | 'float64' | 'float16';
  readonly embeddings: number;
  readonly bytes: number;
}

export interface FolderState {
  /** Absolute path, symbolic links resolved. */
  readonly folder: string;
  /** Indexed to the end at least once. */
  readonly indexed: boolean;
  readonly files: number;
  readonly chunks: number;
  readonly skipped: number;
  readonly skippedByReason: SkippedByReason;
}

export interface CoreStats {
  readonly directory: string;
  readonly texts: number;
  /** Of all cache files on disk. */
  readonly bytes: number;
  readonly spaces: readonly SpaceStats[];
  /** All time, this day (UTC), this month (UTC). */
  readonly usage: Usage;
  readonly today: Usage;
  readonly month: Usage;
}

/** The product without a transport: every front end stands on this. */
export interface Core {
  readonly provider: ProviderDescription;
  /** US dollars per million tokens, as the user pays them; null where that is unknown. */
  readonly priceOf: PriceOf;
  /**
   * Embeds texts through the cache: only texts never seen are sent to the provider. `file` is the
   * path they come from: of a file whose name means secrets nothing leaves the computer (Failure
   * `looksSecret`).
   */
  embed(texts: readonly string[], signal: AbortSignal, file?: string): Promise<EmbedReport>;
  /** What `embed` stands on, for programs that also look vectors up and store their own. */
  embedder(role: 'document' | 'query', signal: AbortSignal): Promise<Embedder>;
  /** Brings a folder's index up to date. Throws AbortError when cancelled; what was paid stays. */
  index(folder: string, options: IndexOptions): Promise<IndexReport>;
  /** As `index`, for files known to have changed. Paths are relative to the folder. */
  refresh(folder: string, paths: readonly string[], signal: AbortSignal): Promise<IndexReport>;
  /** Ranked hits over all folders, best first. Folders that were never indexed give none. */
  search(folders: readonly string[], query: string, options: SearchOptions): Promise<SearchHit[]>;
  /** Hits nearest in meaning to a text. */
  similar(folders: readonly string[], text: string, options: SearchOptions): Promise<SearchHit[]>;
  /** Groups of places with the same or nearly the same code. Sends nothing. */
  duplicates(folders: readonly string[], options: DuplicateOptions): Promise<Duplicates>;
  folderState(folder: string): Promise<FolderState>;
  /** Empties a folder's index. The cache keeps all embeddings, so making it again costs nothing. */
  deleteIndex(folder: string): Promise<void>;
  /** Every file found in a folder that is not indexed, by path. */
  skippedFiles(folder: string): Promise<SkippedFile[]>;
  /** Why a file is, or is not, indexed. The path is relative to the folder. */
  explainFile(folder: string, path: string): Promise<FileExplanation>;
  /** The innermost folder around a file that has an index; null where none has. */
  indexedFolderOf(file: string): string | null;
  stats(): Promise<CoreStats>;
  readonly maintenance: Maintenance;
  /** Models to choose from, with how much of these folders each has cached. Sends no text. */
  models(
    folders: readonly string[],
    ollamaBaseUrl: string | null,
    signal: AbortSignal,
  ): Promise<ModelList>;
  /** What was asked of each space on each day, and what it cost; the latest first. */
  usageByDay(): Promise<DayOfUsage[]>;
  /** What was sent where, newest first. */
  sent(limit: number): Promise<readonly SentEntry[]>;
  /** Paid this month (UTC) by all processes on the cache directory. */
  spentUsd(): Promise<number>;
  /** Called after any figure of `stats` or `folderState` changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Waits for what is running: abort it first. */
  close(): Promise<void>;
}

/** Enough to tell 99% from 98%, few enough to look up at once. */
const CHUNKS_SAMPLED = 2000;

export async function createCore(config: Config, deps: CoreDeps): Promise<Core> {
  const onProblem = (problem: Failure): void => {
    if (deps.onCacheProblem) deps.onCacheProblem(problem);
    else deps.logger.warn(problem.message);
  };
  const openCache =
    deps.openCache ??
    (({ cacheDir, storeText }) => openSqliteCache({ directory: cacheDir, storeText, onProblem }));
  const cache = await openCache(config);
  try {
    const ledger = await openLedger(path.join(config.cacheDir, 'usage.db'), {
      now: () => new Date(),
      onWriteFailed: () => {
        deps.logger.warn('usage counters could not be written; they are kept and tried again');
      },
    });
    const priceOf = deps.priceOf ?? (await readPrices(config.cacheDir, deps.logger));
    return new CachingCore(config, { ...deps, priceOf }, cache, ledger);
  } catch (error) {
    await cache.close();
    throw error;
  }
}

type PricedDeps = CoreDeps & { readonly priceOf: PriceOf };

class CachingCore implements Core {
  readonly provider: ProviderDescription;
  readonly priceOf: PriceOf;
  readonly maintenance: Maintenance;
  readonly #config: Config;
  readonly #deps: PricedDeps;
  readonly #cache: EmbeddingCache;
  readonly #ledger: Ledger;
  readonly #outbound: Outbound;
  readonly #threads: IndexThreads;
  readonly #retriever: Retriever;
  readonly #indexes = new Map<string, Promise<WorkspaceIndex>>();
  readonly #runs = new OneAtATime();
  readonly #gate: PauseGate;
  readonly #listeners = new Set<() => void>();
  #opened: Promise<OpenedProvider> | null = null;
  #blobs: Promise<BlobTable> | null = null;

  constructor(config: Config, deps: PricedDeps, cache: EmbeddingCache, ledger: Ledger) {
    this.#config = config;
    this.#deps = deps;
    this.priceOf = deps.priceOf;
    this.#cache = cache;
    this.#ledger = ledger;
    this.provider = describeOwn(deps.ownProvider) ?? describeProvider(config.provider);
    this.#gate = deps.gate ?? new PauseGate();
    const { modelFile, indexWorker, logger } = deps;
    const { effort } = config;
    this.#threads = createIndexThreads({ effort, modelFile, indexWorker, logger });
    this.maintenance = createMaintenance({
      cache,
      deps,
      priceOf: this.priceOf,
      changed: () => {
        this.#changed();
      },
    });
    this.#outbound = new Outbound(config, this.provider, deps);
    this.#retriever = createRetriever({
      reader: (folder) => this.#reader(folder),
      embedQuery: (text, signal) => this.#embedQuery(text, signal),
      embedDocument: (text, signal) => this.#embedDocument(text, signal),
      changedSince: async (folder, commit, signal) => {
        if (config.git) return changedSince(folder, commit, signal);
        throw new Failure('badSettings', 'Trust this folder first: only then git is asked.');
      },
    });
  }

  async embed(texts: readonly string[], signal: AbortSignal, file?: string): Promise<EmbedReport> {
    this.#outbound.refuseSecretFile(file);
    const { documents } = await this.#open(signal);
    try {
      const from = { kind: 'texts', ...(file === undefined ? {} : { file }) } as const;
      const { outcomes } = await documents.embedMany(texts, { signal, from });
      return { space: documents.space, outcomes };
    } finally {
      this.#changed();
    }
  }

  async embedder(role: 'document' | 'query', signal: AbortSignal): Promise<Embedder> {
    const { documents, queries } = await this.#open(signal);
    return role === 'query' ? queries : documents;
  }

  async index(folder: string, options: IndexOptions): Promise<IndexReport> {
    const root = await folderOf(folder);
    return this.#runs.run(root, async () => {
      // A prediction sends nothing at all, not even the question how long vectors are.
      await this.#open(options.signal, { mayAskDimensions: options.dryRun !== true });
      const parts = await this.#indexerParts(root, options.signal);
      try {
        return await indexFolder(parts, {
          ...options,
          onProgress: (progress) => {
            options.onProgress?.(progress);
            this.#changed();
          },
        });
      } finally {
        this.#changed();
      }
    });
  }

  async refresh(
    folder: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<IndexReport> {
    const root = await folderOf(folder);
    return this.#runs.run(root, async () => {
      const parts = await this.#indexerParts(root, signal);
      try {
        return await refreshFiles(parts, paths, { signal });
      } finally {
        this.#changed();
      }
    });
  }

  async search(
    folders: readonly string[],
    query: string,
    options: SearchOptions,
  ): Promise<SearchHit[]> {
    return this.#gate.during(async () =>
      this.#retriever.search(await Promise.all(folders.map(folderOf)), query, options),
    );
  }

  async similar(
    folders: readonly string[],
    text: string,
    options: SearchOptions,
  ): Promise<SearchHit[]> {
    return this.#gate.during(async () =>
      this.#retriever.similar(await Promise.all(folders.map(folderOf)), text, options),
    );
  }

  async duplicates(folders: readonly string[], options: DuplicateOptions): Promise<Duplicates> {
    const roots = new Set(await Promise.all(folders.map(folderOf)));
    const readers = await Promise.all([...roots].map((root) => this.#reader(root)));
    return findDuplicates(
      readers.filter((reader) => reader !== null),
      options,
    );
  }

  async folderState(folder: string): Promise<FolderState> {
    const root = await folderOf(folder);
    const index = await this.#index(root, AbortSignal.timeout(60_000));
    return { folder: root, ...(await index.counts()) };
  }

  async deleteIndex(folder: string): Promise<void> {
    const root = await folderOf(folder);
    await this.#runs.run(root, async () => {
      await (await this.#index(root, AbortSignal.timeout(60_000))).clear();
      this.#changed();
    });
  }

  async skippedFiles(folder: string): Promise<SkippedFile[]> {
    return (await this.#index(await folderOf(folder), AbortSignal.timeout(60_000))).skipped();
  }

  async explainFile(folder: string, file: string): Promise<FileExplanation> {
    const root = await folderOf(folder);
    const index = await this.#index(root, AbortSignal.timeout(60_000));
    return explainIndexed(index, this.#sourceOf(root), file);
  }

  indexedFolderOf(file: string): string | null {
    for (let at = path.dirname(file); ; at = path.dirname(at)) {
      if (existsSync(indexFileOf(this.#workspaces, at))) return at;
      if (path.dirname(at) === at) return null;
    }
  }

  async stats(): Promise<CoreStats> {
    const stored = await this.#cache.storedSpaces();
    const today = dayOf(new Date());
    return {
      directory: this.#cache.directory,
      texts: await this.#cache.texts.count(),
      bytes: this.#cache.bytes(),
      spaces: stored.map(({ space, embeddings, bytes }) => ({
        id: spaceIdOf(space),
        provider: space.provider,
        model: space.model,
        dimensions: space.dimensions,
        type: space.element,
        embeddings,
        bytes,
      })),
      usage: await this.#ledger.since(''),
      today: await this.#ledger.since(today),
      month: await this.#ledger.since(`${today.slice(0, 8)}01`),
    };
  }

  async models(
    folders: readonly string[],
    ollamaBaseUrl: string | null,
    signal: AbortSignal,
  ): Promise<ModelList> {
    const hashes: TextHash[] = [];
    for (const folder of folders) hashes.push(...(await this.#someHashes(folder, signal)));
    const stored = await this.#cache.storedSpaces();
    return listModels({ ...this.#deps, hashes, stored, ollamaBaseUrl }, signal);
  }

  /** None where the configured provider must be asked something first: nothing is sent for a list. */
  async #someHashes(folder: string, signal: AbortSignal): Promise<TextHash[]> {
    try {
      await this.#open(signal, { mayAskDimensions: false });
      const index = await this.#index(await folderOf(folder), signal);
      return await index.someHashes(CHUNKS_SAMPLED);
    } catch (error) {
      this.#deps.logger.debug(`listing models: ${failureOf(error).message}`);
      return [];
    }
  }

  usageByDay(): Promise<DayOfUsage[]> {
    return usageByDay(this.#ledger, this.#cache);
  }

  async sent(limit: number): Promise<readonly SentEntry[]> {
    return (await this.#outbound.log()).entries(limit);
  }

  async spentUsd(): Promise<number> {
    return (await this.#outbound.log()).spentUsd();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#runs.idle();
    const indexes = await Promise.allSettled(this.#indexes.values());
    for (const index of indexes) if (index.status === 'fulfilled') await index.value.close();
    await (await this.#blobs?.catch(() => null))?.close();
    await this.#threads.close();
    try {
      await this.#outbound.close();
      await this.#ledger.close();
    } finally {
      await this.#cache.close();
    }
  }

  /** Opened on first use: a model's file is large, and a remote one may need a request. */
  #open(
    signal: AbortSignal,
    { mayAskDimensions } = { mayAskDimensions: true },
  ): Promise<OpenedProvider> {
    if (this.#opened) return this.#opened;
    const opened = this.#createProvider(signal, mayAskDimensions).then((pair) =>
      withShards(
        this.#threads.withModel(pair),
        this.#cache,
        this.#ledger,
        this.#outbound,
        this.priceOf,
      ),
    );
    this.#opened = opened;
    // A failed opening must not stick: a key may be set, or the network be back, at the next call.
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  async #createProvider(signal: AbortSignal, mayAskDimensions: boolean): Promise<ProviderPair> {
    const { ownProvider } = this.#deps;
    if (ownProvider) return { document: ownProvider, query: ownProvider };
    const form = this.#config.vectors;
    const knownSpaces = () => this.#cache.spaces();
    const limitMemory = openLimitMemory(path.join(this.#config.cacheDir, 'limits.json'));
    const deps = { ...this.#deps, form, mayAskDimensions, knownSpaces, limitMemory };
    return createProvider(this.#config.provider, deps, signal);
  }

  async #embedQuery(text: string, signal: AbortSignal): Promise<Vector | null> {
    const { queries, provider } = await this.#open(signal);
    // Every prefix typed is a query: worth keeping only where it was paid for.
    const from = { kind: 'query' } as const;
    const outcome = await this.#embedOne(queries, text, { signal, store: !provider.local, from });
    // Its words are looked up all the same: somebody may be looking for a key that leaked.
    if (outcome.kind === 'withheld') this.#deps.logger.warn('the query was not sent');
    return 'vector' in outcome ? toUnit(outcome.vector) : null;
  }

  async #embedDocument(text: string, signal: AbortSignal): Promise<Vector | null> {
    const { documents } = await this.#open(signal);
    const outcome = await this.#embedOne(documents, text, { signal });
    if (outcome.kind === 'withheld') throw this.#outbound.failureOf(outcome.reason);
    return 'vector' in outcome ? toUnit(outcome.vector) : null;
  }

  async #embedOne(embedder: Embedder, text: string, options: EmbedOptions): Promise<EmbedOutcome> {
    const { outcomes } = await embedder.embedMany([text], options);
    this.#changed();
    return outcomes[0]!;
  }

  async #indexerParts(folder: string, signal: AbortSignal): Promise<IndexerParts> {
    const { provider, documents } = await this.#open(signal);
    return {
      index: await this.#index(folder, signal),
      source: this.#sourceOf(folder),
      chunker: this.#threads.chunker,
      blobs: await this.#blobTable(),
      embedder: documents,
      provider,
      priceOf: this.priceOf,
      gate: this.#gate,
      now: () => Date.now(),
    };
  }

  #blobTable(): Promise<BlobTable> {
    this.#blobs ??= openBlobTable(this.#workspaces, this.#cache.texts);
    return this.#blobs;
  }

  get #workspaces(): string {
    return path.join(this.#config.cacheDir, 'workspaces');
  }

  async #reader(folder: string): Promise<IndexReader | null> {
    const signal = AbortSignal.timeout(60_000);
    const { provider, vectors } = await this.#open(signal);
    return createIndexReader({
      index: await this.#index(folder, signal),
      texts: this.#cache.texts,
      shard: vectors,
      fieldWeights: provider.fieldWeights,
      source: this.#sourceOf(folder),
    });
  }

  #sourceOf(folder: string) {
    return openFolderSource(folder, this.#config, this.#deps);
  }

  async #index(folder: string, signal: AbortSignal): Promise<WorkspaceIndex> {
    const { provider } = await this.#open(signal);
    let index = this.#indexes.get(folder);
    if (!index) {
      index = openWorkspaceIndex({
        folder,
        directory: this.#workspaces,
        space: provider.space,
        onProblem: ({ message }) => {
          this.#deps.logger.warn(message);
        },
      });
      this.#indexes.set(folder, index);
      index.catch(() => this.#indexes.delete(folder));
    }
    return index;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** One folder has one name, however it was reached. */
async function folderOf(folder: string): Promise<string> {
  if (isFolderUri(folder)) return folder;
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new Failure('badSettings', `the folder ${folder} cannot be opened`, { cause });
  }
}

export type { DayOfUsage };
export type {
  EmbedOutcome,
  FileExplanation,
  IndexProgress,
  IndexReport,
  ProviderConfig,
  SentEntry,
  Usage,
};
