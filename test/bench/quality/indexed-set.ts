import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { definedSymbols } from '../../../server/src/core/chunks/symbols.ts';
import { configSchema } from '../../../server/src/core/config.ts';
import { createCore, type CoreDeps } from '../../../server/src/core/core.ts';
import { openDiskSource } from '../../../server/src/core/files/disk-source.ts';
import { vectorsOf } from '../../../server/src/core/index/chunk-vectors.ts';
import { createIndexReader } from '../../../server/src/core/index/folder-reader.ts';
import type { IndexReader } from '../../../server/src/core/index/index-reader.ts';
import { readyChunk } from '../../../server/src/core/index/ready-chunk.ts';
import { openWorkspaceIndex } from '../../../server/src/core/index/workspace-index.ts';
import { withShards } from '../../../server/src/core/opened-provider.ts';
import { Outbound } from '../../../server/src/core/outbound.ts';
import { EmbeddedProvider } from '../../../server/src/core/providers/embedded.ts';
import { listPrice } from '../../../server/src/core/usage/prices.ts';
import { openLedger } from '../../../server/src/core/usage/ledger.ts';
import type { Vector } from '../../../server/src/core/vectors/vector.ts';
import {
  MODEL_PROCESS,
  SECRET_SCAN_WORKER,
  STRUCTURE_WORKER,
} from '../../support/provider-deps.ts';
import type { JudgedSet } from './judged-set.ts';

/** A judged set in a real index, read without core, which always ranks by all signals. */
export interface IndexedSet {
  readonly reader: IndexReader;
  embed(text: string): Promise<Vector | null>;
  /** The judged text a hit's path stands for. */
  nameOf(path: string): string;
  close(): Promise<void>;
}

const MODEL_FILE = path.resolve(import.meta.dirname, '../../../server/model/code-static-256.bin');
const { signal } = new AbortController();
const ignore = (): void => undefined;
const DEPS: CoreDeps = {
  logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
  modelProcess: MODEL_PROCESS,
  modelFile: MODEL_FILE,
  structureWorker: STRUCTURE_WORKER,
  secretScanWorker: SECRET_SCAN_WORKER,
  fetch: globalThis.fetch,
  apiKeyOf: () => null,
  mayContact: () => false,
};

/** Indexes a set with the built-in model, all below `directory`. */
export async function indexSet(set: JudgedSet, directory: string): Promise<IndexedSet> {
  const folder = path.join(directory, 'source');
  const cacheDir = path.join(directory, 'cache');
  await mkdir(folder);
  if (set.kind === 'repository') {
    await indexFiles(set, folder, cacheDir);
    return openSet(folder, cacheDir);
  }
  const opened = await openSet(folder, cacheDir);
  const nameOfPath = new Map(set.texts.map(({ name }, i) => [wordlessPath(i), name]));
  await opened.addChunks(set.texts.map(({ text }, i) => ({ path: wordlessPath(i), text })));
  return { ...opened, nameOf: (path) => nameOfPath.get(path)! };
}

/** As a user would: files in a folder, the product's own chunker. */
async function indexFiles({ texts }: JudgedSet, folder: string, cacheDir: string): Promise<void> {
  for (const { name, text } of texts) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const core = await createCore(configSchema.parse({ cacheDir }), DEPS);
  try {
    await core.index(folder, { signal });
  } finally {
    await core.close();
  }
}

async function openSet(folder: string, cacheDir: string) {
  const provider = new EmbeddedProvider(MODEL_FILE);
  const cache = await openCache({ directory: cacheDir, storeText: true });
  const ledger = await openLedger(path.join(cacheDir, 'usage.db'), {
    now: () => new Date(),
    onWriteFailed: ignore,
  });
  const pair = { document: provider, query: provider };
  const outbound = new Outbound(configSchema.parse({ cacheDir }), { local: true }, DEPS, ledger);
  const { documents } = await withShards(pair, cache, ledger, outbound, listPrice);
  const index = await openWorkspaceIndex({
    folder,
    directory: path.join(cacheDir, 'workspaces'),
    space: provider.space,
  });
  const source = openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024 });
  return {
    reader: createIndexReader({
      index,
      texts: cache.texts,
      shard: await cache.shard(provider.space),
      fieldWeights: provider.fieldWeights,
      source,
    }),
    nameOf: (path: string) => path,
    async embed(text: string) {
      const { outcomes } = await provider.embed([text], signal);
      return outcomes[0]?.kind === 'vector' ? outcomes[0].vector : null;
    },
    /** Each text is one chunk of a file of its own. */
    async addChunks(texts: readonly { path: string; text: string }[]) {
      const stored = await index.putFiles(
        texts.map(({ path, text }) => ({
          entry: { path, size: text.length, mtimeMs: 0 },
          scannedAtMs: 0,
          blob: null,
          content: {
            kind: 'chunks',
            chunks: [
              readyChunk({
                ...{ text, startLine: 1, endLine: 1, kind: 'function', enclosing: [] },
                symbols: definedSymbols(text),
              }),
            ],
          },
        })),
      );
      const pending = stored.flatMap((file) => file.pending);
      const { vectors } = await vectorsOf(pending, documents, provider.fieldWeights, { signal });
      await index.setVectors(vectors);
    },
    async close() {
      await index.close();
      await ledger.close();
      await cache.close();
    },
  };
}

/** A path of its own for each text, without any word that search could find it by. */
function wordlessPath(number: number): string {
  return number.toString(2).replaceAll('0', '-').replaceAll('1', '+');
}
