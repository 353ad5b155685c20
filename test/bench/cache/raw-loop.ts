import { hash } from 'node:crypto';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Contestant } from './contestant.ts';

const SCHEMA = `
  CREATE TABLE hashstring (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
  CREATE TABLE embedding (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)`;

/** What anyone would write: the same two tables, three lines for each text, nothing checked twice. */
export const rawLoop: Contestant = {
  name: 'raw better-sqlite3 loop',
  open: async (directory) => openRaw(directory, (_db, loop) => loop()),
};

/** The same, by someone who knows that a transaction spares each read the file's lock. */
export const rawLoopInTransaction: Contestant = {
  name: 'the same, a transaction per batch',
  open: async (directory) => openRaw(directory, (db, loop) => db.transaction(loop)()),
};

function openRaw(
  directory: string,
  run: (db: BetterSqlite3.Database, loop: () => Float32Array[]) => Float32Array[],
) {
  const db = new BetterSqlite3(path.join(directory, 'raw.db'));
  db.pragma('page_size = 8192');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(SCHEMA);
  const putText = db.prepare('INSERT INTO hashstring (hash, text) VALUES (?, ?)');
  const putVector = db.prepare('INSERT INTO embedding (hash, vector) VALUES (?, ?)');
  const getText = db.prepare('SELECT text FROM hashstring WHERE hash = ?').pluck();
  const getVector = db.prepare('SELECT vector FROM embedding WHERE hash = ?').pluck();
  return {
    put: async (texts: readonly string[], vectors: readonly Float32Array[]) => {
      db.transaction(() => {
        texts.forEach((text, i) => {
          const key = hash('sha512', text, 'buffer');
          const { buffer, byteOffset, byteLength } = vectors[i]!;
          putText.run(key, text);
          putVector.run(key, Buffer.from(buffer, byteOffset, byteLength));
        });
      })();
    },
    get: async (texts: readonly string[]) =>
      run(db, () =>
        texts.map((text) => {
          const key = hash('sha512', text, 'buffer');
          if (getText.get(key) !== text) throw new Error('another text');
          const { buffer, byteOffset, byteLength } = getVector.get(key) as Buffer;
          return new Float32Array(buffer, byteOffset, byteLength / 4);
        }),
      ),
    close: async () => {
      db.close();
    },
  };
}
