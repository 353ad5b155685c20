import type { TextStore } from '../cache/text-store.ts';
import type { FileSource } from '../files/file-source.ts';
import type { IndexReader } from './index-reader.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface FolderReaderParts {
  readonly index: WorkspaceIndex;
  readonly texts: TextStore;
  readonly source: FileSource;
}

/** What search reads of a folder: its index, and chunk texts from the cache or the files. */
export function createIndexReader({ index, texts, source }: FolderReaderParts): IndexReader {
  return {
    folder: index.folder,
    nearest: (query, limit, accepts) => index.nearest(query, limit, accepts),
    words: (words, limit, accepts) => index.words(words, limit, accepts),
    chunks: (ids) => index.chunks(ids),
    async textOf({ hash, path, startLine, endLine }) {
      const stored = await texts.get(hash);
      if (stored !== null) return stored;
      const file = await source.read(path);
      if (file.kind !== 'text') return '';
      return file.text
        .split('\n')
        .slice(startLine - 1, endLine)
        .join('\n');
    },
  };
}
