import type { Chunk, Chunker } from '../chunks/chunk.ts';
import type { Embedder } from '../embed/embedder.ts';
import type { FileEntry, FileSource } from '../files/file-source.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import { costUsd } from '../usage/prices.ts';
import type { FileContent } from './chunk-table.ts';
import { vectorsOf } from './chunk-vectors.ts';
import { fileChanges, type FileChanges } from './file-changes.ts';
import type { ChunkFailure, IndexProgress, IndexReport } from './index-report.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface IndexerParts {
  readonly index: WorkspaceIndex;
  readonly source: FileSource;
  readonly chunker: Chunker;
  readonly embedder: Embedder;
  readonly provider: EmbeddingProvider;
  now(): number;
}

export interface IndexRunOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: IndexProgress) => void) | undefined;
  /** Predict only: nothing is sent, nothing is stored. */
  readonly dryRun?: boolean | undefined;
}

/** Chunks handled together with a model in this process: short enough to keep the loop free. */
const LOCAL_GROUP_CHUNKS = 48;

/** Brings the whole folder's index up to date. */
export async function indexFolder(
  parts: IndexerParts,
  options: IndexRunOptions,
): Promise<IndexReport> {
  const { index, source, chunker } = parts;
  const scannedAtMs = parts.now();
  const { files, skipped } = await source.list(options.signal);
  const known = await index.files();
  const unfinished = await index.unfinishedFiles();
  const recut = (await index.about('chunker')) !== chunker.name;
  const changes = fileChanges(files, known, ({ id }) => recut || unfinished.has(id));
  const run = new IndexRun(parts, options, scannedAtMs);
  await run.bringUpToDate(changes);
  if (!options.dryRun) {
    await index.setAbout({ chunker: chunker.name, skipped: String(skipped.length) });
    await index.markIndexed(new Date(scannedAtMs));
  }
  return run.report(files.length + skipped.length, skipped.length);
}

/** The same for files said to have changed. A folder that is gone may be named, too. */
export async function refreshFiles(
  parts: IndexerParts,
  paths: readonly string[],
  options: IndexRunOptions,
): Promise<IndexReport> {
  const { index, source } = parts;
  const scannedAtMs = parts.now();
  const { files, skipped } = await source.stat(paths);
  const present = new Set(files.map(({ path }) => path));
  const known = await index.files();
  const removed = [...known.values()].filter(
    ({ path }) => !present.has(path) && paths.some((p) => path === p || path.startsWith(`${p}/`)),
  );
  const run = new IndexRun(parts, options, scannedAtMs);
  await run.bringUpToDate({ dirty: files, removed, unchanged: 0 });
  return run.report(files.length + skipped.length, skipped.length);
}

class IndexRun {
  readonly #parts: IndexerParts;
  readonly #options: IndexRunOptions;
  readonly #scannedAtMs: number;
  readonly #startedAt = performance.now();
  readonly #seen = new Set<string>();
  readonly #failures: ChunkFailure[] = [];
  #files = { indexed: 0, unchanged: 0, skipped: 0 };
  #chunks = { total: 0, misses: 0, done: 0 };
  #sent = { requests: 0, tokens: 0 };

  constructor(parts: IndexerParts, options: IndexRunOptions, scannedAtMs: number) {
    this.#parts = parts;
    this.#options = options;
    this.#scannedAtMs = scannedAtMs;
  }

  async bringUpToDate({ dirty, removed, unchanged }: FileChanges): Promise<void> {
    const { index, provider } = this.#parts;
    const { signal, dryRun = false } = this.#options;
    const groupChunks = provider.local ? LOCAL_GROUP_CHUNKS : provider.limits.maxItems;
    this.#files.unchanged = unchanged;
    if (!dryRun) await index.removeFiles(removed);
    let group: FileContent[] = [];
    let inGroup = 0;
    for (const [done, entry] of dirty.entries()) {
      signal.throwIfAborted();
      const content = await this.#readFile(entry);
      if (!content) continue;
      group.push(content);
      inGroup += chunksOf(content).length;
      this.#chunks.total += chunksOf(content).length;
      if (inGroup < groupChunks) continue;
      await this.#finishGroup(group, dryRun);
      this.#reportProgress(done + 1, dirty.length);
      group = [];
      inGroup = 0;
    }
    await this.#finishGroup(group, dryRun);
    this.#reportProgress(dirty.length, dirty.length);
  }

  async report(filesTotal: number, skipped: number): Promise<IndexReport> {
    const { index, provider } = this.#parts;
    const { model, dimensions, provider: name } = provider.space;
    // Chunks of files that were not read again are as good as found.
    const { chunks: stored } = await index.counts();
    const total = this.#options.dryRun ? Math.max(stored, this.#chunks.total) : stored;
    return {
      folder: index.folder,
      files: {
        total: filesTotal,
        indexed: this.#files.indexed,
        unchanged: this.#files.unchanged,
        skipped: skipped + this.#files.skipped,
      },
      chunks: {
        total,
        hits: Math.max(0, total - this.#chunks.misses - this.#failures.length),
        misses: this.#chunks.misses,
      },
      provider: {
        name,
        model,
        dimensions,
        requests: this.#sent.requests,
        tokens: this.#sent.tokens,
        costUsd: costUsd(name, model, this.#sent.tokens),
      },
      seconds: (performance.now() - this.#startedAt) / 1000,
      failures: this.#failures,
    };
  }

  async #readFile(entry: FileEntry): Promise<FileContent | null> {
    const { source, chunker } = this.#parts;
    const read = await source.read(entry.path);
    const scannedAtMs = this.#scannedAtMs;
    switch (read.kind) {
      case 'missing':
        return null;
      case 'skipped':
        this.#files.skipped++;
        return { entry, scannedAtMs, content: read };
      case 'text': {
        const chunks = chunker.chunk(entry.path, read.text);
        return { entry, scannedAtMs, content: { kind: 'chunks', chunks } };
      }
      default:
        return read satisfies never;
    }
  }

  async #finishGroup(group: readonly FileContent[], dryRun: boolean): Promise<void> {
    if (group.length === 0) return;
    if (dryRun) await this.#predict(group);
    else await this.#store(group);
  }

  async #store(group: readonly FileContent[]): Promise<void> {
    const { index, embedder, provider } = this.#parts;
    const stored = await index.putFiles(group);
    stored.forEach(({ changed }, i) => {
      if (group[i]!.content.kind === 'skipped') return;
      if (changed) this.#files.indexed++;
      else this.#files.unchanged++;
    });
    const pending = stored.flatMap((file) => file.pending);
    const result = await vectorsOf(pending, embedder, provider.fieldWeights, this.#options.signal);
    await index.setVectors(result.vectors);
    await index.setFailures(result.failures);
    this.#sent.requests += result.requests;
    this.#sent.tokens += result.tokens;
    this.#chunks.done += group.reduce((sum, file) => sum + chunksOf(file).length, 0);
    result.outcomes.forEach((outcome, i) => {
      if (outcome.kind === 'failed') {
        const { path, chunk } = pending[i]!;
        const { startLine, endLine } = chunk;
        this.#failures.push({ path, startLine, endLine, reason: outcome.reason });
      }
      if (outcome.kind !== 'miss' || this.#seen.has(outcome.hash)) return;
      this.#seen.add(outcome.hash);
      this.#chunks.misses++;
    });
  }

  async #predict(group: readonly FileContent[]): Promise<void> {
    const { embedder, provider } = this.#parts;
    const texts = group.flatMap(chunksOf).map(({ text }) => text);
    for (const [hash, text] of await embedder.missesOf(texts)) {
      if (this.#seen.has(hash)) continue;
      this.#seen.add(hash);
      this.#chunks.misses++;
      this.#sent.tokens += provider.local ? 0 : provider.countTokens(text);
    }
    this.#files.indexed += group.filter((file) => file.content.kind === 'chunks').length;
    this.#chunks.done += texts.length;
  }

  #reportProgress(filesDone: number, filesTotal: number): void {
    this.#options.onProgress?.({
      filesDone,
      filesTotal,
      chunksDone: this.#chunks.done,
      chunksTotal: this.#chunks.total,
    });
  }
}

function chunksOf({ content }: FileContent): readonly Chunk[] {
  return content.kind === 'chunks' ? content.chunks : [];
}
