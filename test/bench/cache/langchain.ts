import { Embeddings } from '@langchain/core/embeddings';
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed';
import { LocalFileStore } from '@langchain/classic/storage/file_system';
import type { Contestant } from './contestant.ts';

/** A file of JSON per text. It keeps no texts, so it checks none. */
export const langChain: Contestant = {
  name: 'LangChain.js CacheBackedEmbeddings',
  async open(directory) {
    const model = new GivenVectors();
    const documentEmbeddingStore = await LocalFileStore.fromPath(directory);
    const cache = CacheBackedEmbeddings.fromBytesStore(model, documentEmbeddingStore, {
      namespace: 'bench',
    });
    return {
      async put(texts, vectors) {
        model.vectors = vectors;
        await cache.embedDocuments([...texts]);
        model.vectors = null;
      },
      get: (texts) => cache.embedDocuments([...texts]),
      close: async () => undefined,
    };
  },
};

class GivenVectors extends Embeddings {
  vectors: readonly Float32Array[] | null = null;

  constructor() {
    super({});
  }

  async embedDocuments(): Promise<number[][]> {
    if (this.vectors === null) throw new Error('every text is in the cache');
    return this.vectors.map((vector) => Array.from(vector));
  }

  async embedQuery(): Promise<number[]> {
    throw new Error('no query is asked');
  }
}
