import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCache } from '../../../../server/src/core/cache/embedding-cache.ts';
import {
  importPythonCache,
  modelFileOf,
  type PythonModel,
} from '../../../../server/src/core/cache/maintenance/python-cache.ts';
import type { VectorMaker } from '../../../../server/src/core/cache/maintenance/vector-maker.ts';
import { textHashOf } from '../../../../server/src/core/keys/text-hash.ts';
import { writePythonDirectory } from '../../../support/python-directory.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const model: PythonModel = {
  provider: 'transformers',
  origin: null,
  model: 'all-MiniLM-L6-v2',
  requestedDimensions: null,
  role: 'both',
  prefix: '',
  element: 'float32',
  normalised: true,
};
const texts = ['hi', 'I love Berlin.', 'ünïcödé', ''];
const DIMENSIONS = 6;
const { signal } = new AbortController();
let from: string;
let to: string;

beforeEach(() => {
  [from, to] = [tempDirectory(), path.join(tempDirectory(), 'cache')];
});

/** Unit vectors, different for each text. */
function vectorOf(i: number): number[] {
  const numbers = Array.from({ length: DIMENSIONS }, (_, k) => Math.sin(1 + i * 7 + k));
  const length = Math.hypot(...numbers);
  return numbers.map((x) => x / length);
}

/** The tables and columns of turian/embeddingcache, filled as its code fills them. */
const PYTHON = `
import hashlib, json, sqlite3, sys
import numpy as np
directory, texts, vectors = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
hashids = [hashlib.sha512(text.encode("utf-8")).digest() for text in texts]
db = sqlite3.connect(directory + "/hashstring.sqlite")
db.execute("CREATE TABLE hashstring (hashid VARCHAR(128) NOT NULL, text VARCHAR, PRIMARY KEY (hashid), UNIQUE (text))")
db.executemany("INSERT INTO hashstring VALUES (?, ?)", zip(hashids, texts))
db.commit()
db = sqlite3.connect(directory + "/embedding-all-minilm-l6-v2.sqlite")
db.execute("CREATE TABLE embedding (hashid VARCHAR(128) NOT NULL, embedding BLOB, PRIMARY KEY (hashid))")
rows = np.array(vectors, dtype=np.float32)
db.executemany("INSERT INTO embedding VALUES (?, ?)", [(h, row.tobytes()) for h, row in zip(hashids, rows)])
db.commit()
`;

function makeInPython(): void {
  const args = [from, JSON.stringify(texts), JSON.stringify(texts.map((_, i) => vectorOf(i)))];
  execFileSync('python3', ['-c', PYTHON, ...args]);
}

function makeInNode(): void {
  writePythonDirectory(from, model.model, new Map(texts.map((text, i) => [text, vectorOf(i)])));
}

const hasNumPy = (() => {
  try {
    execFileSync('python3', ['-c', 'import numpy, sqlite3'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function importIt(
  changes: Partial<PythonModel> = {},
  options: { readonly maker?: VectorMaker } = {},
) {
  const cache = await openCache({ directory: to, storeText: true });
  const own = { ...options, model: { ...model, ...changes } };
  const { texts: store, onProblem } = cache;
  const run = { directory: to, texts: store, onProblem, from, signal, ...own };
  try {
    return await importPythonCache(run);
  } finally {
    await cache.close();
  }
}

async function expectImported(): Promise<void> {
  const { spaces, texts: count } = await importIt();
  expect(spaces).toMatchObject([
    { space: { ...model, dimensions: DIMENSIONS }, added: 4, present: 0, refused: 0 },
  ]);
  expect(count).toBe(4);
  const cache = await openCache({ directory: to, storeText: true });
  const shard = await cache.shard({ ...model, dimensions: DIMENSIONS });
  const vectors = await shard.getMany(texts.map(textHashOf));
  for (const [i, text] of texts.entries()) {
    expect(vectors.get(textHashOf(text))).toEqual(Float32Array.from(vectorOf(i)));
    expect(await cache.texts.get(textHashOf(text))).toBe(text);
  }
  await cache.close();
  expect((await importIt()).spaces).toMatchObject([{ added: 0, present: 4, refused: 0 }]);
}

describe('a directory of the Python package', () => {
  it.runIf(hasNumPy)('made by Python and NumPy is imported', async () => {
    makeInPython();
    await expectImported();
  });

  it('made with its schema is imported', async () => {
    makeInNode();
    await expectImported();
  });

  it('is searched for the file of the model named, as the package names it', async () => {
    expect(modelFileOf('all-MiniLM-L6-v2')).toBe('embedding-all-minilm-l6-v2.sqlite');
    expect(modelFileOf('sentence-transformers/paraphrase_Été v1.5')).toBe(
      'embedding-sentence-transformers-paraphrase-ete-v1-5.sqlite',
    );
    makeInNode();
    const failed = importIt({ model: 'another' });
    await expect(failed).rejects.toMatchObject({
      kind: 'badFile',
      message: expect.stringContaining('it has: embedding-all-minilm-l6-v2.sqlite') as string,
    });
  });

  it('gives no row that is no vector, and no file that is no database', async () => {
    makeInNode();
    const file = path.join(from, 'embedding-all-minilm-l6-v2.sqlite');
    const raw = new BetterSqlite3(file);
    const put = raw.prepare('INSERT INTO embedding VALUES (?, ?)');
    put.run(Buffer.alloc(64, 1), Buffer.alloc(4 * DIMENSIONS));
    put.run(Buffer.alloc(64, 2), Buffer.alloc(4 * DIMENSIONS, 0xff));
    put.run(Buffer.alloc(64, 3), Buffer.alloc(5));
    put.run('not raw bytes', Buffer.alloc(4 * DIMENSIONS, 1));
    put.run(Buffer.alloc(64, 4), null);
    raw.close();
    expect((await importIt()).spaces).toMatchObject([{ added: 4, refused: 5 }]);

    writeFileSync(file, 'no database at all'.repeat(100));
    await expect(importIt()).rejects.toMatchObject({ kind: 'badFile' });
  });

  describe('whose model runs here', () => {
    const space = { ...model, model: 'all-MiniLM-L6-v2@0123456789ab', dimensions: DIMENSIONS };
    const maker: VectorMaker = {
      space,
      fits: async (some) => some.map((text) => text !== 'ünïcödé'),
      embed: async (some) => some.map((text) => Float32Array.from(vectorOf(texts.indexOf(text)))),
    };

    it('is imported as its own, but for what it would make otherwise', async () => {
      makeInNode();
      // The blank text and the long one.
      expect((await importIt({}, { maker })).spaces).toEqual([
        { space, added: 2, present: 0, refused: 0, leftOut: 2 },
      ]);
    });

    it('is refused where the model makes other vectors of its texts', async () => {
      makeInNode();
      const other = {
        ...maker,
        embed: async (some: readonly string[]) =>
          some.map((_, i) => Float32Array.from(vectorOf(9 + i))),
      };
      await expect(importIt({}, { maker: other })).rejects.toMatchObject({
        kind: 'badFile',
        message: expect.stringContaining('another model made them') as string,
      });
      const longer = { ...maker, space: { ...space, dimensions: 7 } };
      await expect(importIt({}, { maker: longer })).rejects.toMatchObject({ kind: 'badFile' });
    });

    it('gets right keys for what the package stored under wrong ones', async () => {
      makeInNode();
      for (const [file, table] of [
        ['hashstring.sqlite', 'hashstring'],
        ['embedding-all-minilm-l6-v2.sqlite', 'embedding'],
      ] as const) {
        const db = new BetterSqlite3(path.join(from, file));
        db.prepare(`UPDATE ${table} SET hashid = ? WHERE hashid = ?`).run(
          Buffer.alloc(64, 7),
          Buffer.from(textHashOf('hi'), 'hex'),
        );
        db.close();
      }
      await importIt({}, { maker });
      const cache = await openCache({ directory: to, storeText: true });
      const found = await (await cache.shard(space)).getMany([textHashOf('hi')]);
      expect(found.get(textHashOf('hi'))).toEqual(Float32Array.from(vectorOf(0)));
      await cache.close();
    });
  });
});
