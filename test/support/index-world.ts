import path from 'node:path';
import { openCache, type EmbeddingCache } from '../../server/src/core/cache/embedding-cache.ts';
import { createChunker } from '../../server/src/core/chunks/create-chunker.ts';
import { createEmbedder } from '../../server/src/core/embed/embedder.ts';
import type { SendGate } from '../../server/src/core/embed/send-gate.ts';
import { openDiskSource, type DiskSourceConfig } from '../../server/src/core/files/disk-source.ts';
import type { FileSource } from '../../server/src/core/files/file-source.ts';
import { openBlobTable, type BlobTable } from '../../server/src/core/index/blob-table.ts';
import type { IndexReport } from '../../server/src/core/index/index-report.ts';
import {
  indexFolder,
  refreshFiles,
  type IndexerParts,
} from '../../server/src/core/index/indexer.ts';
import { readyChunker } from '../../server/src/core/index/ready-chunk.ts';
import { PauseGate } from '../../server/src/core/index/pause-gate.ts';
import {
  openWorkspaceIndex,
  type WorkspaceIndex,
} from '../../server/src/core/index/workspace-index.ts';
import { openLedger, type Ledger } from '../../server/src/core/usage/ledger.ts';
import { FakeProvider } from './fake-provider.ts';
import { openGate } from './open-gate.ts';
import { GRAMMARS_FOLDER } from './put-grammars.ts';

export interface IndexWorldOptions extends Partial<DiskSourceConfig> {
  readonly cacheDir: string;
  readonly folder: string;
  readonly provider?: FakeProvider;
  /** What texts pass before they are sent; by default everything goes. */
  readonly gate?: SendGate;
  /** Name of the check for secrets in that gate. */
  readonly secretCheck?: string;
}

/** The parts of indexing on real files and databases, counting what is read and what is sent. */
export class IndexWorld {
  readonly provider: FakeProvider;
  /** Paths read since the last `forget`. */
  readonly read: string[] = [];
  readonly parts: IndexerParts;
  readonly index: WorkspaceIndex;
  readonly #cache: EmbeddingCache;
  readonly #blobs: BlobTable;
  readonly #ledger: Ledger;

  static async open(options: IndexWorldOptions): Promise<IndexWorld> {
    const {
      cacheDir,
      folder,
      provider = new FakeProvider(),
      gate,
      secretCheck,
      ...source
    } = options;
    const cache = await openCache({ directory: cacheDir, storeText: true });
    const directory = path.join(cacheDir, 'workspaces');
    const ledger = await openLedger(path.join(cacheDir, 'usage.db'), {
      now: () => new Date(),
      onWriteFailed: () => undefined,
    });
    const blobs = await openBlobTable(directory, cache.texts);
    const index = await openWorkspaceIndex({
      folder,
      directory,
      space: provider.space,
      secretCheck: secretCheck ?? null,
    });
    const embedder = createEmbedder({
      provider,
      gate: gate ?? openGate(provider),
      shard: await cache.shard(provider.space),
      texts: cache.texts,
      ledger,
    });
    const disk = openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024, git: true, ...source });
    return new IndexWorld(cache, blobs, ledger, index, provider, (world) => ({
      index,
      source: world.#counting(disk),
      chunker: readyChunker(createChunker(GRAMMARS_FOLDER)),
      blobs,
      embedder,
      provider,
      gate: new PauseGate(),
      now: () => Date.now(),
    }));
  }

  private constructor(
    cache: EmbeddingCache,
    blobs: BlobTable,
    ledger: Ledger,
    index: WorkspaceIndex,
    provider: FakeProvider,
    partsOf: (world: IndexWorld) => IndexerParts,
  ) {
    this.#cache = cache;
    this.#blobs = blobs;
    this.#ledger = ledger;
    this.index = index;
    this.provider = provider;
    this.parts = partsOf(this);
  }

  run(signal = new AbortController().signal): Promise<IndexReport> {
    return indexFolder(this.parts, { signal });
  }

  refresh(paths: readonly string[]): Promise<IndexReport> {
    return refreshFiles(this.parts, paths, { signal: new AbortController().signal });
  }

  forget(): void {
    this.read.length = 0;
    this.provider.asked.length = 0;
  }

  /** Everything that the index says of the folder, in a form to compare. */
  async state(): Promise<unknown> {
    const files = [...(await this.index.files()).values()].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
    const chunks = [];
    for (const file of files) {
      for (const { startLine, endLine, hash, symbols } of await this.index.chunksAt(file.path)) {
        chunks.push(
          `${file.path}:${startLine}-${endLine} ${hash.slice(0, 12)} ${symbols.join(' ')}`,
        );
      }
    }
    const finished = await this.index.isFinished();
    return { files: files.map(({ path: at, skipped }) => [at, skipped]), chunks, finished };
  }

  async close(): Promise<void> {
    await this.index.close();
    await this.#blobs.close();
    await this.#ledger.close();
    await this.#cache.close();
  }

  #counting(source: FileSource): FileSource {
    return {
      snapshot: (signal) => source.snapshot(signal),
      list: (signal) => source.list(signal),
      stat: (paths, signal) => source.stat(paths, signal),
      explain: (file) => source.explain(file),
      read: (file, blob) => {
        this.read.push(file);
        return source.read(file, blob);
      },
    };
  }
}
