import type { EmbeddingCache } from './cache/embedding-cache.ts';
import type { CoreStats } from './cache-stats.ts';
import type { Config } from './config.ts';
import type { Embedder, EmbedOutcome } from './embed/embedder.ts';
import type { Failure } from './errors.ts';
import type { SkippedByReason, SkippedFile } from './files/file-source.ts';
import type { FolderSourceDeps } from './folder-source.ts';
import type { FileExplanation } from './index/file-explanation.ts';
import type { IndexProgress, IndexReport } from './index/index-report.ts';
import type { PauseGate } from './index/pause-gate.ts';
import type { EmbeddingSpace } from './keys/space.ts';
import type { Logger } from './logger.ts';
import type { Maintenance, MaintenanceDeps } from './maintenance.ts';
import type { ModelList } from './model-list.ts';
import type { OutboundDeps } from './outbound.ts';
import type { ProviderDescription } from './providers/describe-provider.ts';
import type { EmbeddingProvider } from './providers/provider.ts';
import type { DuplicateOptions, Duplicates } from './search/duplicates.ts';
import type { SearchHit, SearchOptions } from './search/search-hit.ts';
import type { PriceOf } from './usage/prices.ts';
import type { SentEntry } from './usage/send-log.ts';
import type { DayOfUsage } from './usage-by-day.ts';

/** What core needs from the process it runs in. */
export interface CoreDeps extends MaintenanceDeps, OutboundDeps, FolderSourceDeps {
  readonly logger: Logger;
  /** Absolute path of the embedded model's file. */
  readonly modelFile: string;
  /** Absolute path of the script of `index-worker.ts`; without it indexing works in this thread. */
  readonly indexWorker?: string;
  /** Absolute path of the script of `model-process.ts`, in which a local model runs. */
  readonly modelProcess: string;
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

export interface FolderState {
  /** Absolute path, symbolic links resolved. */
  readonly folder: string;
  /** Indexed to the end at least once. */
  readonly indexed: boolean;
  readonly files: number;
  readonly chunks: number;
  readonly skipped: number;
  readonly skippedByReason: SkippedByReason;
  /** Chunks that are not sent because they look secret. */
  readonly looksSecret: number;
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
