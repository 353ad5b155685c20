import { createHash } from 'node:crypto';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { modelFileOf } from '../../server/src/core/cache/maintenance/python-cache.ts';

/** A directory as the Python package `embeddingcache` makes it, with these vectors by text. */
export function writePythonDirectory(
  folder: string,
  model: string,
  vectors: ReadonlyMap<string, ArrayLike<number>>,
): void {
  const strings = new BetterSqlite3(path.join(folder, 'hashstring.sqlite'));
  strings.exec(
    'CREATE TABLE hashstring (hashid VARCHAR(128) NOT NULL, text VARCHAR, PRIMARY KEY (hashid), UNIQUE (text))',
  );
  const embeddings = new BetterSqlite3(path.join(folder, modelFileOf(model)));
  embeddings.exec(
    'CREATE TABLE embedding (hashid VARCHAR(128) NOT NULL, embedding BLOB, PRIMARY KEY (hashid))',
  );
  for (const [text, vector] of vectors) {
    const hashid = createHash('sha512').update(text).digest();
    strings.prepare('INSERT INTO hashstring VALUES (?, ?)').run(hashid, text);
    const bytes = Buffer.from(Float32Array.from(vector).buffer);
    embeddings.prepare('INSERT INTO embedding VALUES (?, ?)').run(hashid, bytes);
  }
  strings.close();
  embeddings.close();
}
