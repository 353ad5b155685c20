import type { Embedder } from '../embed/embedder.ts';
import type { SentFrom } from '../embed/sent-from.ts';
import type { FileEntry, FileSource } from '../files/file-source.ts';
import type { TextHash } from '../keys/text-hash.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import { costUsd, listPrice, type PriceOf } from '../usage/prices.ts';
import type { BlobTable } from './blob-table.ts';
import type { FileContent, PlacedChunk } from './chunk-table.ts';
import { vectorsOf } from './chunk-vectors.ts';
import { fileChanges, type DirtyFile, type FileChanges, type KnownFile } from './file-changes.ts';
import { findChanges } from './find-changes.ts';
import { Forecast } from './forecast.ts';
import type {
  ChunkFailure,
  ChunkPlace,
  IndexProgress,
  IndexReport,
  ShortenedChunk,
} from './index-report.ts';
import type { PauseGate } from './pause-gate.ts';
import { readAhead } from './read-ahead.ts';
import type { ReadyChunk, ReadyChunker } from './ready-chunk.ts';
import { TimeLeft } from './time-left.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface IndexerParts {
  readonly index: WorkspaceIndex;
  readonly source: FileSource;
  readonly chunker: ReadyChunker;
  readonly blobs: BlobTable;
  readonly embedder: Embedder;
  readonly provider: EmbeddingProvider;
  /** List prices unless the user has others. */
  readonly priceOf?: PriceOf;
  readonly gate: PauseGate;
  now(): number;
}

export interface IndexRunOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: IndexProgress) => void) | undefined;
  /** Predict only: nothing is sent, nothing is stored. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Chunks stored together with a model in this process: each of four databases writes the pages of a
 * group once, and no step of it keeps the event loop much longer than 20 ms.
 */
const LOCAL_GROUP_CHUNKS = 384;
/** Files read and cut while others are stored: enough to keep the worker threads at work. */
const FILES_AHEAD = 32;
/** Files stored together at most, so that a folder of empty or skipped files is stored in steps. */
const GROUP_FILES = 256;

/** Brings the whole folder's index up to date. */
export async function indexFolder(
  parts: IndexerParts,
  options: IndexRunOptions,
): Promise<IndexReport> {
  const { index, source, chunker } = parts;
  const scannedAtMs = parts.now();
  const changes = await findChanges({ index, source, chunkerName: chunker.name }, options.signal);
  const run = new IndexRun(parts, options, scannedAtMs);
  await run.bringUpToDate(changes);
  if (!options.dryRun) {
    const { snapshotId } = changes;
    await index.setAbout({
      chunker: chunker.name,
      // A file that was not as git said it would be was changed meanwhile: look again next time.
      ...(snapshotId !== null && run.foundAllAsListed ? { snapshot: snapshotId } : {}),
    });
    await index.markIndexed(new Date(scannedAtMs));
  }
  return run.report();
}

/** The same for files said to have changed. A folder that is gone may be named, too. */
export async function refreshFiles(
  parts: IndexerParts,
  paths: readonly string[],
  options: IndexRunOptions,
): Promise<IndexReport> {
  const { index, source } = parts;
  const scannedAtMs = parts.now();
  const { files, skipped } = await source.stat(paths, options.signal);
  const known = await index.filesUnder(paths);
  for (const file of await otherSpellings(parts, files, known)) known.set(file.path, file);
  const run = new IndexRun(parts, options, scannedAtMs);
  // Said to have changed: the size and time that are known prove nothing.
  await run.bringUpToDate(fileChanges(files, skipped, known, () => true));
  return run.report();
}

/** Known files that are new ones by another spelling, on a disk where case does not count. */
async function otherSpellings(
  { index, source }: IndexerParts,
  found: readonly FileEntry[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<KnownFile[]> {
  const added = found.map(({ path }) => path).filter((path) => !known.has(path));
  if (added.length === 0) return [];
  const alike = await index.filesSpelled(added);
  const there = await source.stat(alike.map(({ path }) => path));
  const names = new Set([...there.files, ...there.skipped].map(({ path }) => path));
  return alike.filter(({ path }) => !names.has(path));
}

class IndexRun {
  readonly #parts: IndexerParts;
  readonly #options: IndexRunOptions;
  readonly #scannedAtMs: number;
  readonly #startedAt = performance.now();
  readonly #failures: ChunkFailure[] = [];
  /** Chunks that could not be checked for secrets in time. */
  readonly #unchecked: ChunkPlace[] = [];
  readonly #predictedPaths = new Set<string>();
  readonly #forecast: Forecast;
  readonly #shortened: ShortenedChunk[] = [];
  #files = { indexed: 0, unchanged: 0, skipped: 0 };
  #chunks = { total: 0, misses: 0, done: 0 };
  #sent = { requests: 0, tokens: 0 };
  #foundAllAsListed = true;
  #timeLeft: TimeLeft | null = null;
  #overBudget = 0;

  constructor(parts: IndexerParts, options: IndexRunOptions, scannedAtMs: number) {
    this.#parts = parts;
    this.#options = options;
    this.#scannedAtMs = scannedAtMs;
    this.#forecast = new Forecast(parts.embedder, parts.provider);
  }

  /** Whether each file that was read was there, with the content the listing promised. */
  get foundAllAsListed(): boolean {
    return this.#foundAllAsListed;
  }

  async bringUpToDate(changes: FileChanges): Promise<void> {
    const { index, provider } = this.#parts;
    const { dryRun = false } = this.#options;
    const { dirty } = changes;
    // Enough for a full request in each of the provider's lanes.
    const { limits, concurrency } = provider;
    const groupChunks = provider.local ? LOCAL_GROUP_CHUNKS : limits.maxItems * concurrency;
    this.#files.unchanged = changes.unchanged;
    this.#files.skipped = changes.skipped;
    if (!dryRun) {
      await index.removeFiles(changes.removed);
      await this.#putLeftOut(changes);
    }
    this.#parts.source.expect?.(dirty);
    const bytes = dirty.reduce((sum, { size }) => sum + size, 0);
    this.#timeLeft = new TimeLeft(bytes, () => performance.now());
    this.#reportProgress(0, dirty.length);
    let group: FileContent[] = [];
    let inGroup = 0;
    let done = 0;
    for await (const content of readAhead(dirty, FILES_AHEAD, (entry) => this.#readFile(entry))) {
      await this.#pass();
      done++;
      if (!content) continue;
      group.push(content);
      inGroup += chunksOf(content).length;
      this.#chunks.total += chunksOf(content).length;
      if (inGroup < groupChunks && group.length < GROUP_FILES) continue;
      await this.#finishGroup(group, dryRun);
      this.#timeLeft.did(group.reduce((sum, file) => sum + file.entry.size, 0));
      this.#reportProgress(done, dirty.length);
      group = [];
      inGroup = 0;
    }
    await this.#finishGroup(group, dryRun);
    this.#reportProgress(dirty.length, dirty.length);
  }

  async report(): Promise<IndexReport> {
    const { index, provider } = this.#parts;
    const { model, dimensions, provider: name } = provider.space;
    const { indexed, unchanged, skipped } = this.#files;
    // Chunks of files that were not read again are as good as found.
    const { chunks: stored } = await index.counts();
    const predicted = this.#forecast.predicted();
    const total = this.#options.dryRun ? Math.max(stored, this.#chunks.total) : stored;
    const misses = this.#chunks.misses + predicted.chunks;
    const tokens = this.#sent.tokens + predicted.tokens;
    const looksSecret = [
      ...(await this.#stillWithheld()),
      ...this.#unchecked,
      ...predicted.looksSecret,
    ];
    const withoutVector = this.#failures.length + looksSecret.length + this.#overBudget;
    return {
      folder: index.folder,
      files: { total: indexed + unchanged + skipped, indexed, unchanged, skipped },
      chunks: {
        total,
        hits: Math.max(0, total - misses - withoutVector),
        misses,
      },
      provider: {
        name,
        model,
        dimensions,
        requests: this.#sent.requests,
        tokens,
        costUsd: costUsd(this.#parts.priceOf ?? listPrice, name, model, tokens),
      },
      seconds: (performance.now() - this.#startedAt) / 1000,
      failures: this.#failures,
      withheld: { looksSecret, overBudget: this.#overBudget },
      toSend: predicted.toSend,
      shortened: this.#shortened,
    };
  }

  /** Known of all chunks of the folder; a prediction looks again at the files it reads. */
  async #stillWithheld(): Promise<ChunkPlace[]> {
    const withheld = await this.#parts.index.withheld();
    return withheld
      .filter(({ path }) => !this.#predictedPaths.has(path))
      .map(({ path, startLine, endLine }) => ({ path, startLine, endLine }));
  }

  async #putLeftOut({ leftOut }: FileChanges): Promise<void> {
    for (let at = 0; at < leftOut.length; at += GROUP_FILES) {
      this.#options.signal.throwIfAborted();
      const files = leftOut.slice(at, at + GROUP_FILES).map(({ path, reason }): FileContent => ({
        entry: { path, size: 0, mtimeMs: 0 },
        scannedAtMs: this.#scannedAtMs,
        blob: null,
        content: { kind: 'skipped', reason },
      }));
      await this.#parts.index.putFiles(files);
    }
  }

  async #readFile(entry: DirtyFile): Promise<FileContent | null> {
    const { source, chunker, blobs } = this.#parts;
    const { path, size, blob } = entry;
    const scannedAtMs = this.#scannedAtMs;
    if (blob !== undefined) {
      const chunks = await blobs.chunksOf({ path, size, blob }, chunker.name);
      if (chunks) return { entry, scannedAtMs, blob, content: { kind: 'chunks', chunks } };
    }
    const read = await source.read(path, blob);
    if (read.kind === 'missing' || (blob !== undefined && read.blob !== blob)) {
      this.#foundAllAsListed = false;
    }
    if (read.kind === 'missing') return null;
    const common = { entry, scannedAtMs, blob: read.blob ?? null };
    if (entry.doneIfBlob !== null && read.blob === entry.doneIfBlob) {
      return { ...common, content: { kind: 'same' } };
    }
    if (read.kind === 'skipped') return { ...common, content: read };
    const chunks = await chunker.chunk(path, read.text, this.#options.signal);
    return { ...common, content: { kind: 'chunks', chunks } };
  }

  /** Rests while indexing is paused or a query is asked. A prediction is what a user waits for. */
  async #pass(): Promise<void> {
    const { signal, dryRun = false } = this.#options;
    signal.throwIfAborted();
    if (dryRun) return;
    this.#timeLeft?.did(0);
    await this.#parts.gate.pass(signal);
    this.#timeLeft?.rested();
  }

  async #finishGroup(group: readonly FileContent[], dryRun: boolean): Promise<void> {
    if (group.length === 0) return;
    if (dryRun) await this.#predict(group);
    else await this.#store(group);
  }

  async #store(group: readonly FileContent[]): Promise<void> {
    const { index, embedder, provider } = this.#parts;
    const stored = await index.putFiles(group);
    await this.#pass();
    stored.forEach(({ changed }, i) => {
      if (group[i]!.content.kind === 'skipped') this.#files.skipped++;
      else if (changed) this.#files.indexed++;
      else this.#files.unchanged++;
    });
    const pending = stored.flatMap((file) => file.pending);
    const result = await vectorsOf(pending, embedder, provider.fieldWeights, {
      signal: this.#options.signal,
      from: fromFiles(index.folder, pending),
    });
    await this.#pass();
    await index.setVectors(result.vectors);
    await index.setFailures(result.failures);
    await index.setWithheld(result.looksSecret);
    await this.#rememberBlobs(group);
    this.#sent.requests += result.requests;
    this.#sent.tokens += result.tokens;
    this.#chunks.done += group.reduce((sum, file) => sum + chunksOf(file).length, 0);
    // A text that is there twice is sent once; in a later group it is a hit.
    const missed = new Set<TextHash>();
    result.outcomes.forEach((outcome, i) => {
      const { path, chunk } = pending[i]!;
      const place = { path, startLine: chunk.startLine, endLine: chunk.endLine };
      if (outcome.kind === 'failed') this.#failures.push({ ...place, reason: outcome.reason });
      if (outcome.kind === 'withheld') {
        if (outcome.reason === 'overBudget') this.#overBudget++;
        else if (outcome.unchecked) this.#unchecked.push(place);
      }
      if (outcome.kind === 'miss' && outcome.shortened) {
        this.#shortened.push({ ...place, how: outcome.shortened });
      }
      if (outcome.kind === 'miss') missed.add(outcome.hash);
    });
    this.#chunks.misses += missed.size;
  }

  async #rememberBlobs(group: readonly FileContent[]): Promise<void> {
    const { blobs, chunker } = this.#parts;
    const known = group.flatMap((file) => {
      const { blob, entry } = file;
      // Only what git has under this id: elsewhere nobody will ask for it.
      if (blob === null || blob !== entry.blob || file.content.kind !== 'chunks') return [];
      return { blob, path: entry.path, size: entry.size, chunks: file.content.chunks };
    });
    await blobs.putMany(known, chunker.name);
  }

  async #predict(group: readonly FileContent[]): Promise<void> {
    for (const file of group) {
      const { path } = file.entry;
      this.#predictedPaths.add(path);
      await this.#forecast.add(path, chunksOf(file), this.#options.signal);
      if (file.content.kind === 'chunks') this.#files.indexed++;
      else if (file.content.kind === 'same') this.#files.unchanged++;
      else this.#files.skipped++;
      this.#chunks.done += chunksOf(file).length;
    }
  }

  #reportProgress(filesDone: number, filesTotal: number): void {
    this.#options.onProgress?.({
      filesDone,
      filesTotal,
      chunksDone: this.#chunks.done,
      chunksTotal: this.#chunks.total,
      tokens: this.#sent.tokens,
      secondsLeft: this.#timeLeft?.seconds ?? null,
    });
  }
}

function fromFiles(folder: string, pending: readonly PlacedChunk[]): SentFrom {
  return {
    kind: 'files',
    folder,
    pathOf: new Map(pending.map(({ path, chunk }) => [chunk.text, path])),
  };
}

function chunksOf({ content }: FileContent): readonly ReadyChunk[] {
  return content.kind === 'chunks' ? content.chunks : [];
}
