import { hash } from 'node:crypto';
import { open } from 'lmdb';
import type { Contestant } from './contestant.ts';

/** The fastest store there is for Node: a memory-mapped B+ tree. */
export const lmdb: Contestant = {
  name: 'LMDB',
  async open(path) {
    const root = open({ path, maxDbs: 2 });
    const texts = root.openDB<string, Buffer>({
      name: 'texts',
      encoding: 'string',
      keyEncoding: 'binary',
    });
    const vectors = root.openDB<Buffer, Buffer>({
      name: 'vectors',
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    return {
      async put(some, theirs) {
        await root.transaction(() => {
          some.forEach((text, i) => {
            const key = hash('sha512', text, 'buffer');
            const { buffer, byteOffset, byteLength } = theirs[i]!;
            void texts.put(key, text);
            void vectors.put(key, Buffer.from(buffer, byteOffset, byteLength));
          });
        });
      },
      get: async (some) =>
        some.map((text) => {
          const key = hash('sha512', text, 'buffer');
          if (texts.get(key) !== text) throw new Error('another text');
          // A copy: what LMDB gives points into the file.
          return new Float32Array(new Uint8Array(vectors.getBinary(key)!).buffer);
        }),
      close: () => root.close(),
    };
  },
};
