import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Package from '../../../server/src/frontends/node/main.ts';
import type { Contestant } from './contestant.ts';
import { DIMENSIONS } from './sample.ts';

const BUILT = path.join(import.meta.dirname, '../../../dist/node/main.js');

/** The package as programs import it. */
export const ours: Contestant = {
  name: 'embeddingcache, getEmbeddings()',
  async open(directory) {
    const { openCache } = createRequire(import.meta.url)(BUILT) as typeof Package;
    const embed = (): never => {
      throw new Error('every text is in the cache');
    };
    const provider = { name: 'bench', model: 'bench', dimensions: DIMENSIONS, embed };
    const cache = await openCache({ directory, provider });
    return {
      put: (texts, vectors) => cache.put(texts, vectors),
      get: async (texts) => {
        const matrix = await cache.getEmbeddings(texts);
        return { at: (index) => matrix.row(index) };
      },
      close: () => cache.close(),
    };
  },
};
