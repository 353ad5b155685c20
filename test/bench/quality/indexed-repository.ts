import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openTextStore } from '../../../server/src/core/cache/text-store.ts';
import { configSchema } from '../../../server/src/core/config.ts';
import { createCore, type CoreDeps } from '../../../server/src/core/core.ts';
import { openDiskSource } from '../../../server/src/core/files/disk-source.ts';
import { createIndexReader } from '../../../server/src/core/index/folder-reader.ts';
import { openWorkspaceIndex } from '../../../server/src/core/index/workspace-index.ts';
import { EmbeddedProvider } from '../../../server/src/core/providers/embedded.ts';
import type { Signal } from '../../../server/src/core/search/ranking/signal.ts';
import { createRetriever } from '../../../server/src/core/search/retriever.ts';
import type { SearchMode } from '../../../server/src/core/search/search-hit.ts';
import type { JudgedRepository } from './judged-repository.ts';

export interface IndexedRepository {
  /** Paths of the hits, best first; a file once for each of its hits. */
  search(
    query: string,
    options: { mode: SearchMode; limit: number; signals: readonly Signal[] },
  ): Promise<string[]>;
  close(): Promise<void>;
}

const MODEL_FILE = path.resolve(import.meta.dirname, '../../../server/model/code-static-256.bin');
const ignore = (): void => undefined;
const DEPS: CoreDeps = {
  logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
  modelFile: MODEL_FILE,
  fetch: globalThis.fetch,
  apiKeyOf: () => null,
  mayContact: () => false,
};

/** Writes the files below `directory` and indexes them with the built-in model. */
export async function indexRepository(
  repository: JudgedRepository,
  directory: string,
): Promise<IndexedRepository> {
  const { signal } = new AbortController();
  const folder = path.join(directory, 'source');
  const cacheDir = path.join(directory, 'cache');
  for (const file of repository.files) {
    await mkdir(path.dirname(path.join(folder, file.path)), { recursive: true });
    await writeFile(path.join(folder, file.path), file.text);
  }
  const core = await createCore(configSchema.parse({ cacheDir }), DEPS);
  try {
    await core.index(folder, { signal });
  } finally {
    await core.close();
  }
  // Opened again without core, which always ranks by all signals.
  const provider = new EmbeddedProvider(MODEL_FILE);
  const index = await openWorkspaceIndex({
    folder,
    directory: path.join(cacheDir, 'workspaces'),
    space: provider.space,
  });
  const texts = await openTextStore(path.join(cacheDir, 'hashstring.db'), { storeText: true });
  const source = openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024 });
  const reader = createIndexReader({ index, texts, source });
  const embed = async (text: string) => {
    const { outcomes } = await provider.embed([text], signal);
    return outcomes[0]?.kind === 'vector' ? outcomes[0].vector : null;
  };
  return {
    async search(query, { mode, limit, signals }) {
      const retriever = createRetriever({
        reader: async () => reader,
        embedQuery: embed,
        embedDocument: embed,
        signals,
      });
      const hits = await retriever.search([folder], query, { limit, mode, signal });
      return hits.map((hit) => hit.path);
    },
    async close() {
      await index.close();
      await texts.close();
    },
  };
}
