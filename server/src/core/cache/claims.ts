import path from 'node:path';
import type { Knex } from 'knex';
import type { TextHash } from '../keys/text-hash.ts';
import { hashToBytes } from '../keys/text-hash.ts';
import { retryWhileBusy } from './busy-retry.ts';
import { ensurePrivateDirectory } from './cache-directory.ts';
import { openDatabase, withConnection, writeOn, type Connection } from './database.ts';
import { Prepared } from './prepared.ts';
import { takeProcessLock, type ProcessLock } from './process-lock.ts';

/**
 * Which texts are being paid for right now, over all processes of a cache directory. A claim lasts
 * while its process lives: an operating system's lock says so, no clock.
 */
export interface Claims {
  /** Those of these hashes that this process is to pay for; another that lives pays for the rest. */
  take(spaceId: string, hashes: readonly TextHash[]): Promise<ReadonlySet<TextHash>>;
  release(spaceId: string, hashes: Iterable<TextHash>): Promise<void>;
  close(): Promise<void>;
}

/** For one process alone, or where paying twice costs nothing. */
export const NO_CLAIMS: Claims = {
  take: async (_spaceId, hashes) => new Set(hashes),
  release: async () => undefined,
  close: async () => undefined,
};

const CREATE = `CREATE TABLE IF NOT EXISTS claim (
  space TEXT NOT NULL, hash BLOB NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (space, hash)
) WITHOUT ROWID`;
const OWNER = 'SELECT owner FROM claim WHERE space = ? AND hash = ?';
const TAKE = `INSERT INTO claim (space, hash, owner) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET owner = excluded.owner`;
const RELEASE = 'DELETE FROM claim WHERE space = ? AND hash = ? AND owner = ?';
const RELEASE_ALL = 'DELETE FROM claim WHERE owner = ?';

/** Opened at the first claim. Whatever goes wrong with it, this process pays for itself. */
export function openClaims(directory: string): Claims {
  return new SqliteClaims(path.join(directory, 'running'));
}

interface Opened {
  readonly db: Knex;
  readonly life: ProcessLock;
}

class SqliteClaims implements Claims {
  readonly #directory: string;
  readonly #prepared = new Prepared();
  #opened: Promise<Opened | null> | null = null;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async take(spaceId: string, hashes: readonly TextHash[]): Promise<ReadonlySet<TextHash>> {
    const opened = await (this.#opened ??= this.#open());
    if (!opened) return new Set(hashes);
    const { life } = opened;
    return this.#write(opened, new Set(hashes), (connection) => {
      const ownerOf = this.#prepared.on(connection, OWNER).pluck();
      const take = this.#prepared.on(connection, TAKE);
      const ours = new Set<TextHash>();
      for (const hash of hashes) {
        const bytes = hashToBytes(hash);
        const owner = ownerOf.get(spaceId, bytes) as string | undefined;
        if (owner !== undefined && owner !== life.id && life.isAlive(owner)) continue;
        if (owner !== life.id) take.run(spaceId, bytes, life.id);
        ours.add(hash);
      }
      return ours;
    });
  }

  async release(spaceId: string, hashes: Iterable<TextHash>): Promise<void> {
    const opened = await this.#opened;
    if (!opened) return;
    await this.#write(opened, undefined, (connection) => {
      const release = this.#prepared.on(connection, RELEASE);
      for (const hash of hashes) release.run(spaceId, hashToBytes(hash), opened.life.id);
    });
  }

  async close(): Promise<void> {
    const opened = await this.#opened;
    if (!opened) return;
    const { db, life } = opened;
    await this.#write(opened, undefined, (connection) => {
      this.#prepared.on(connection, RELEASE_ALL).run(life.id);
    });
    await db.destroy();
    life.end();
  }

  async #open(): Promise<Opened | null> {
    try {
      ensurePrivateDirectory(this.#directory);
      const db = await openDatabase(path.join(this.#directory, 'claims.sqlite'), {
        pageSize: 4096,
      });
      try {
        return { db, life: await this.#startLife(db) };
      } catch (error) {
        // Open, it would keep the process from ending.
        await db.destroy();
        throw error;
      }
    } catch {
      // A text may then be paid for twice, and nothing else is lost.
      return null;
    }
  }

  async #startLife(db: Knex): Promise<ProcessLock> {
    const { default: Database } = await import('better-sqlite3');
    return retryWhileBusy(() =>
      withConnection(db, (connection) =>
        writeOn(connection, () => {
          connection.exec(CREATE);
          return takeProcessLock(this.#directory, Database);
        }),
      ),
    );
  }

  async #write<T>({ db }: Opened, otherwise: T, write: (connection: Connection) => T): Promise<T> {
    try {
      return await retryWhileBusy(() =>
        withConnection(db, (connection) => writeOn(connection, () => write(connection))),
      );
    } catch {
      // As in `#open`.
      return otherwise;
    }
  }
}
