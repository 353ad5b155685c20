import { hash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Keyv } from 'keyv';
import type { Contestant } from './contestant.ts';

interface Entry {
  readonly text: string;
  readonly vector: string;
}

/**
 * Keyv over one SQLite table of keys and JSON. Its own adapter needs another SQLite driver, so this
 * one does the same with ours.
 */
export const keyv: Contestant = {
  name: 'keyv with SQLite',
  async open(directory) {
    const store = new SqliteStore(path.join(directory, 'keyv.db'));
    const cache = new Keyv<Entry>({ store });
    const keyOf = (text: string) => hash('sha512', text, 'hex');
    return {
      async put(texts, vectors) {
        store.begin();
        for (const [i, text] of texts.entries()) {
          const { buffer, byteOffset, byteLength } = vectors[i]!;
          const vector = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
          await cache.set(keyOf(text), { text, vector });
        }
        store.commit();
      },
      async get(texts) {
        const entries: (Entry | undefined)[] = await cache.getMany(texts.map(keyOf));
        return entries.map((entry, i) => {
          if (!entry || entry.text !== texts[i]) throw new Error('another text');
          const bytes = new Uint8Array(Buffer.from(entry.vector, 'base64'));
          return new Float32Array(bytes.buffer);
        });
      },
      close: async () => {
        store.close();
      },
    };
  },
};

class SqliteStore extends EventEmitter {
  readonly opts = { dialect: 'sqlite' };
  readonly namespace = undefined;
  readonly #db: BetterSqlite3.Database;
  readonly #get: BetterSqlite3.Statement;
  readonly #set: BetterSqlite3.Statement;

  constructor(file: string) {
    super();
    this.#db = new BetterSqlite3(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = NORMAL');
    this.#db.exec('CREATE TABLE keyv (key VARCHAR(255) PRIMARY KEY, value TEXT)');
    this.#get = this.#db.prepare('SELECT value FROM keyv WHERE key = ?').pluck();
    this.#set = this.#db.prepare('INSERT INTO keyv (key, value) VALUES (?, ?)');
  }

  async get<Value>(key: string): Promise<Value> {
    return this.#get.get(key) as Value;
  }

  async getMany<Value>(keys: string[]): Promise<Value[]> {
    return keys.map((key) => this.#get.get(key) as Value);
  }

  async set(key: string, value: string): Promise<void> {
    this.#set.run(key, value);
  }

  async delete(): Promise<boolean> {
    return false;
  }

  async clear(): Promise<void> {
    // Nobody clears it.
  }

  begin(): void {
    this.#db.exec('BEGIN');
  }

  commit(): void {
    this.#db.exec('COMMIT');
  }

  close(): void {
    this.#db.close();
  }
}
