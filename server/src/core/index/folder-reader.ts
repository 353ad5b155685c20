import type { Shard } from '../cache/shard.ts';
import type { TextStore } from '../cache/text-store.ts';
import type { FileSource } from '../files/file-source.ts';
import type { FieldWeights } from '../providers/provider.ts';
import { toUnit } from '../vectors/vector.ts';
import { cachedVectors } from './cached-vectors.ts';
import type { IndexedChunk, IndexReader } from './index-reader.ts';
import { nearestExactly } from './rescoring.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface FolderReaderParts {
  readonly index: WorkspaceIndex;
  readonly texts: TextStore;
  /** The vectors that the index has packed, exact. */
  readonly shard: Pick<Shard, 'getMany'>;
  readonly fieldWeights: FieldWeights | null;
  readonly source: FileSource;
}

const CHUNKS_PER_READ = 1000;
/** About 5 ms of reading; a word that more chunks hold hardly tells one from another. */
const MOST_HOLDERS = 20_000;

/** What search reads of a folder: its index, and chunk texts from the cache or the files. */
export function createIndexReader(parts: FolderReaderParts): IndexReader {
  const { index, texts, shard, fieldWeights, source } = parts;
  return {
    folder: index.folder,
    nearest: (query, limit, accepts) =>
      nearestExactly(query, limit, {
        nearest: (most) => index.nearest(query, most, accepts),
        async vectorsOf(ids) {
          return cachedVectors(await index.embedded(ids), shard, fieldWeights);
        },
      }),
    typicalScore: (query) => index.typicalScore(query),
    holders: (word) => index.holders(word, MOST_HOLDERS),
    words: (words, limit, accepts) => index.words(words, limit, accepts),
    phrase: (words, limit, accepts) => index.phrase(words, limit, accepts),
    chunks: (ids) => index.chunks(ids),
    everyChunk: () => everyChunk(index),
    async bodies(hashes) {
      const found = await shard.getMany(hashes);
      return new Map([...found].map(([hash, vector]) => [hash, toUnit(vector)]));
    },
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

/** A thousand at a time: chunks that go meanwhile are left out. */
async function* everyChunk(index: WorkspaceIndex): AsyncGenerator<IndexedChunk, void, undefined> {
  const ids = await index.chunkIds();
  for (let first = 0; first < ids.length; first += CHUNKS_PER_READ) {
    yield* (await index.chunks(ids.slice(first, first + CHUNKS_PER_READ))).values();
  }
}
