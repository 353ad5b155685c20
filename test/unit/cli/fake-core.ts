import type {
  Core,
  CoreDeps,
  CoreStats,
  DayOfUsage,
  EmbedOutcome,
  EmbedReport,
  FileExplanation,
  IndexOptions,
  IndexReport,
  SentEntry,
  Usage,
} from '../../../server/src/core/core.ts';
import type { Config } from '../../../server/src/core/config.ts';
import { textHashOf } from '../../../server/src/core/keys/text-hash.ts';
import type { DuplicateOptions, Duplicates } from '../../../server/src/core/search/duplicates.ts';
import type { SearchHit, SearchOptions } from '../../../server/src/core/search/search-hit.ts';

import { listPrice } from '../../../server/src/core/usage/prices.ts';

const NO_USAGE: Usage = { hits: 0, misses: 0, requests: 0, tokens: 0, costUsd: 0, savedUsd: 0 };

/** A core without files, database or network: a text's vector is made of its length. */
export class FakeCore implements Core {
  priceOf = listPrice;
  provider: Core['provider'] = {
    name: 'embedded',
    model: 'built-in',
    address: null,
    host: null,
    local: true,
  };
  get maintenance(): Core['maintenance'] {
    throw new Error('nothing is stored here, so there is nothing to look after');
  }
  /** Texts of every `embed` call. */
  readonly embedCalls: (readonly string[])[] = [];
  readonly indexCalls: { folder: string; dryRun: boolean }[] = [];
  readonly searchCalls: { folders: readonly string[]; query: string; options: SearchOptions }[] =
    [];
  hits: SearchHit[] = [];
  indexed = true;
  predicted: Partial<IndexReport['provider']> & { misses?: number } = {};
  failures: IndexReport['failures'] = [];
  sentEntries: SentEntry[] = [];
  days: DayOfUsage[] = [];
  shortened: IndexReport['shortened'] = [];
  closed = false;
  /** Throws instead of answering. */
  failure: Error | null = null;
  /** Called while a command waits for core. */
  onEmbed: () => void = () => undefined;
  /** What core was opened with. */
  opened: { config: Config; deps: CoreDeps } | null = null;
  readonly #seen = new Set<string>();

  embed(texts: readonly string[], signal: AbortSignal): Promise<EmbedReport> {
    this.onEmbed();
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.failure) return Promise.reject(this.failure);
    this.embedCalls.push(texts);
    const known = new Set(this.#seen);
    const outcomes = texts.map((text): EmbedOutcome => {
      const hash = textHashOf(text);
      if (text.startsWith('bad')) return { kind: 'failed', hash, reason: `cannot embed ${text}` };
      this.#seen.add(text);
      const vector = Float32Array.of(text.length, 0.5);
      return { kind: known.has(text) ? 'hit' : 'miss', hash, vector };
    });
    return Promise.resolve({
      outcomes,
      space: {
        provider: 'embedded',
        origin: null,
        model: 'fake-model',
        dimensions: 2,
        requestedDimensions: null,
        element: 'float32',
        role: 'both',
        prefix: '',
        normalised: true,
      },
    });
  }

  embedder(): Promise<never> {
    return Promise.reject(new Error('no command needs it'));
  }

  index(folder: string, { dryRun = false, onProgress }: IndexOptions): Promise<IndexReport> {
    if (this.failure) return Promise.reject(this.failure);
    this.indexCalls.push({ folder, dryRun });
    onProgress?.({
      filesDone: 1,
      filesTotal: 2,
      chunksDone: 3,
      chunksTotal: 4,
      tokens: 0,
      secondsLeft: null,
    });
    const { misses = 0, ...provider } = this.predicted;
    return Promise.resolve({
      folder,
      files: { total: 2, indexed: 1, unchanged: 1, skipped: 0 },
      chunks: { total: 4, hits: 4 - misses, misses },
      provider: {
        name: 'embedded',
        model: 'fake-model',
        dimensions: 2,
        requests: 0,
        tokens: 0,
        costUsd: 0,
        ...provider,
      },
      seconds: 0.25,
      failures: this.failures,
      withheld: { looksSecret: [], overBudget: 0 },
      toSend: [],
      shortened: this.shortened,
    });
  }

  refresh(folder: string): Promise<IndexReport> {
    return Promise.reject(new Error(`the CLI does not refresh ${folder}`));
  }

  search(folders: readonly string[], query: string, options: SearchOptions): Promise<SearchHit[]> {
    if (this.failure) return Promise.reject(this.failure);
    this.searchCalls.push({ folders, query, options });
    return Promise.resolve(this.hits.slice(0, options.limit));
  }

  found: Duplicates = { groups: [], total: 0 };

  duplicates(_folders: readonly string[], options: DuplicateOptions): Promise<Duplicates> {
    options.onProgress?.(1, 2);
    return Promise.resolve(this.found);
  }

  similar(folders: readonly string[], text: string, options: SearchOptions): Promise<SearchHit[]> {
    return this.search(folders, text, options);
  }

  folderState(folder: string): ReturnType<Core['folderState']> {
    return Promise.resolve({
      folder,
      indexed: this.indexed,
      files: 2,
      chunks: 4,
      skipped: 0,
      skippedByReason: {},
      looksSecret: 0,
    });
  }

  explanation: Omit<FileExplanation, 'path'> = {
    indexed: false,
    verdict: { kind: 'taken' },
    chunks: [],
  };

  explainFile(_folder: string, path: string): Promise<FileExplanation> {
    return Promise.resolve({ path, ...this.explanation });
  }

  indexedFolderOf(): string | null {
    return null;
  }

  deleteIndex(): Promise<void> {
    return Promise.resolve();
  }

  skippedFiles(): ReturnType<Core['skippedFiles']> {
    return Promise.resolve([]);
  }

  stats(): Promise<CoreStats> {
    return Promise.resolve({
      directory: '/cache',
      texts: 1204,
      bytes: 412_000_000,
      spaces: [
        {
          provider: 'embedded',
          model: 'fake-model',
          dimensions: 2,
          id: 'df73e5ca8ee3d9c6',
          type: 'float32',
          embeddings: 1204,
          bytes: 9_800_000,
        },
      ],
      usage: { ...NO_USAGE, hits: 10, savedUsd: 0.0042 },
      today: NO_USAGE,
      month: NO_USAGE,
    });
  }

  models(): ReturnType<Core['models']> {
    return Promise.reject(new Error('the CLI lists no models'));
  }

  usageByDay(): Promise<DayOfUsage[]> {
    return Promise.resolve(this.days);
  }

  sent(): Promise<readonly SentEntry[]> {
    return Promise.resolve(this.sentEntries);
  }

  spentUsd(): Promise<number> {
    return Promise.resolve(0);
  }

  onChange(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
