import path from 'node:path';
import { openCache } from '../../../server/src/core/cache/embedding-cache.ts';
import { openDiskSource } from '../../../server/src/core/files/disk-source.ts';
import { createIndexReader } from '../../../server/src/core/index/folder-reader.ts';
import type { IndexReader } from '../../../server/src/core/index/index-reader.ts';
import {
  openWorkspaceIndex,
  type WorkspaceIndex,
} from '../../../server/src/core/index/workspace-index.ts';
import type { EmbeddingSpace } from '../../../server/src/core/keys/space.ts';

export interface OpenedFolder {
  readonly index: WorkspaceIndex;
  readonly reader: IndexReader;
  close(): Promise<void>;
}

/** An index and its cache as search reads them, without fields in the vectors. */
export async function openFolder(options: {
  readonly cacheDir: string;
  readonly folder: string;
  readonly space: EmbeddingSpace;
}): Promise<OpenedFolder> {
  const { cacheDir, folder, space } = options;
  const cache = await openCache({ directory: cacheDir, storeText: true });
  const index = await openWorkspaceIndex({
    folder,
    directory: path.join(cacheDir, 'workspaces'),
    space,
  });
  const source = openDiskSource({ folder, exclude: [], maxFileSizeKb: 1024 });
  const shard = await cache.shard(space);
  return {
    index,
    reader: createIndexReader({ index, texts: cache.texts, shard, fieldWeights: null, source }),
    async close() {
      await index.close();
      await cache.close();
    },
  };
}
