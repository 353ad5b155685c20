import path from 'node:path';
import { openCache as openSqliteCache, type EmbeddingCache } from './cache/embedding-cache.ts';
import { oncePerCause } from './cache/once-per-cause.ts';
import { cacheStats, type CoreStats } from './cache-stats.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import type { Core, CoreDeps, EmbedReport, FolderState, IndexOptions } from './core-api.ts';
import type { Embedder } from './embed/embedder.ts';
import { Failure, failureOf } from './errors.ts';
import type { SkippedFile } from './files/file-source.ts';
import { changedSince } from './files/changed-since.ts';
import { explainIndexed, type FileExplanation } from './index/file-explanation.ts';
import type { IndexReport } from './index/index-report.ts';
import { indexFolder, refreshFiles, type IndexerParts } from './index/indexer.ts';
import { PauseGate } from './index/pause-gate.ts';
import { createIndexThreads, type IndexThreads } from './index/workers/index-threads.ts';
import type { TextHash } from './keys/text-hash.ts';
import { createMaintenance, type Maintenance } from './maintenance.ts';
import { listModels, type ModelList } from './model-list.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { folderOf, OpenFolders } from './open-folders.ts';
import { Outbound } from './outbound.ts';
import { localModelsOf, ProviderInUse, type PricedDeps } from './provider-in-use.ts';
import { describeProvider, type ProviderDescription } from './providers/describe-provider.ts';
import { describeOwn } from './providers/own-provider.ts';
import { fetchThrough } from './providers/remote/network.ts';
import { type DuplicateOptions, type Duplicates, findDuplicates } from './search/duplicates.ts';
import { createRetriever, type Retriever } from './search/retriever.ts';
import type { SearchHit, SearchOptions } from './search/search-hit.ts';
import { openLedger, type Ledger } from './usage/ledger.ts';
import { readPrices } from './usage/price-file.ts';
import type { PriceOf } from './usage/prices.ts';
import type { SentEntry } from './usage/send-log.ts';
import { usageByDay, type DayOfUsage } from './usage-by-day.ts';

export type * from './core-api.ts';
export type { CoreStats, SpaceStats } from './cache-stats.ts';
export type { ProviderConfig } from './config.ts';
export type { EmbedOutcome } from './embed/embedder.ts';
export type { FileExplanation } from './index/file-explanation.ts';
export type { IndexProgress, IndexReport } from './index/index-report.ts';
export type { SentEntry } from './usage/send-log.ts';
export type { Usage } from './usage/usage.ts';
export type { DayOfUsage } from './usage-by-day.ts';

/** Enough to tell 99% from 98%, few enough to look up at once. */
const CHUNKS_SAMPLED = 2000;

export async function createCore(config: Config, deps: CoreDeps): Promise<Core> {
  const onProblem = oncePerCause((problem: Failure): void => {
    if (deps.onCacheProblem) deps.onCacheProblem(problem);
    else deps.logger.warn(problem.message);
  });
  const openCache =
    deps.openCache ??
    (({ cacheDir, storeText }) => openSqliteCache({ directory: cacheDir, storeText, onProblem }));
  const cache = await openCache(config);
  const opened = [() => cache.close()];
  try {
    const ledger = await openLedger(path.join(config.cacheDir, 'usage.db'), {
      now: () => new Date(),
      onProblem,
      onWriteFailed: () => {
        deps.logger.warn('usage counters could not be written; they are kept and tried again');
      },
    });
    // Left open, either would keep the process from ending.
    opened.unshift(() => ledger.close());
    const priceOf = deps.priceOf ?? (await readPrices(config.cacheDir, deps.logger));
    const fetch = fetchThrough(config.network, deps.fetch, (origin) =>
      deps.apiKeyOf('proxy', origin),
    );
    const told = { ...deps, fetch, priceOf, onCacheProblem: onProblem };
    return new CachingCore(config, told, cache, ledger);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

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
  readonly #provider: ProviderInUse;
  readonly #folders: OpenFolders;
  readonly #runs = new OneAtATime();
  readonly #gate: PauseGate;
  readonly #listeners = new Set<() => void>();

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
    this.#outbound = new Outbound(config, this.provider, deps, ledger);
    this.maintenance = createMaintenance({
      cache,
      renewals: new Map([
        ['hashstring', () => cache.texts.renew()],
        ['usage', () => ledger.renew()],
        ['sent', async () => (await this.#outbound.log()).renew()],
      ]),
      deps,
      priceOf: this.priceOf,
      changed: () => {
        this.#changed();
      },
    });
    this.#provider = new ProviderInUse({
      config,
      deps,
      cache,
      ledger,
      outbound: this.#outbound,
      threads: this.#threads,
      changed: () => {
        this.#changed();
      },
    });
    this.#folders = new OpenFolders(config, deps, cache, this.#provider);
    this.#retriever = createRetriever({
      rerankGate: this.#outbound.rerankGate(deps),
      reader: (folder) => this.#folders.reader(folder),
      embedQuery: (text, signal) => this.#provider.embedQuery(text, signal),
      embedDocument: (text, signal) => this.#provider.embedDocument(text, signal),
      changedSince: async (folder, commit, signal) => {
        if (config.git) return changedSince(folder, commit, signal);
        throw new Failure('badSettings', 'Trust this folder first: only then git is asked.');
      },
    });
  }

  async embed(texts: readonly string[], signal: AbortSignal, file?: string): Promise<EmbedReport> {
    this.#outbound.refuseSecretFile(file);
    const { documents } = await this.#provider.open(signal);
    try {
      const from = { kind: 'texts', ...(file === undefined ? {} : { file }) } as const;
      const { outcomes } = await documents.embedMany(texts, { signal, from });
      return { space: documents.space, outcomes };
    } finally {
      this.#changed();
    }
  }

  async embedder(role: 'document' | 'query', signal: AbortSignal): Promise<Embedder> {
    const { documents, queries } = await this.#provider.open(signal);
    return role === 'query' ? queries : documents;
  }

  async index(folder: string, options: IndexOptions): Promise<IndexReport> {
    const root = await folderOf(folder);
    return this.#runs.run(root, async () => {
      // A prediction sends nothing at all, not even the question how long vectors are.
      await this.#provider.open(options.signal, { mayAskDimensions: options.dryRun !== true });
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
    const readers = await Promise.all([...roots].map((root) => this.#folders.reader(root)));
    return findDuplicates(
      readers.filter((reader) => reader !== null),
      options,
    );
  }

  async folderState(folder: string): Promise<FolderState> {
    const root = await folderOf(folder);
    const index = await this.#folders.index(root);
    return { folder: root, ...(await index.counts()) };
  }

  async deleteIndex(folder: string): Promise<void> {
    const root = await folderOf(folder);
    await this.#runs.run(root, async () => {
      await (await this.#folders.index(root)).clear();
      this.#changed();
    });
  }

  async skippedFiles(folder: string): Promise<SkippedFile[]> {
    return (await this.#folders.index(await folderOf(folder))).skipped();
  }

  async explainFile(folder: string, file: string): Promise<FileExplanation> {
    const root = await folderOf(folder);
    const index = await this.#folders.index(root);
    return explainIndexed(index, this.#folders.source(root), file);
  }

  indexedFolderOf(file: string): string | null {
    return this.#folders.indexedFolderOf(file);
  }

  stats(): Promise<CoreStats> {
    return cacheStats(this.#cache, this.#ledger);
  }

  async models(
    folders: readonly string[],
    ollamaBaseUrl: string | null,
    signal: AbortSignal,
  ): Promise<ModelList> {
    const hashes: TextHash[] = [];
    for (const folder of folders) hashes.push(...(await this.#someHashes(folder, signal)));
    const stored = await this.#cache.storedSpaces();
    const localModels = localModelsOf(this.#config, this.#deps);
    return listModels({ ...this.#deps, hashes, stored, ollamaBaseUrl, localModels }, signal);
  }

  /** None where the configured provider must be asked something first: nothing is sent for a list. */
  async #someHashes(folder: string, signal: AbortSignal): Promise<TextHash[]> {
    try {
      await this.#provider.open(signal, { mayAskDimensions: false });
      const index = await this.#folders.index(await folderOf(folder), signal);
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
    const working = [this.#folders, this.#threads, this.#provider];
    const storing = [this.#outbound, this.#ledger, this.#cache];
    await closeAll([...working, ...storing].map((part) => () => part.close()));
  }

  async #indexerParts(folder: string, signal: AbortSignal): Promise<IndexerParts> {
    const { provider, documents } = await this.#provider.open(signal);
    return {
      index: await this.#folders.index(folder, signal),
      source: this.#folders.source(folder),
      chunker: this.#threads.chunker,
      blobs: await this.#folders.blobs(),
      embedder: documents,
      provider,
      priceOf: this.priceOf,
      gate: this.#gate,
      now: () => Date.now(),
    };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
