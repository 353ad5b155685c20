import path from 'node:path';
import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { withConnection, writeOn } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { openDerivedDatabase, type OnProblem } from '../cache/steady-database.ts';
import type { TextStore } from '../cache/text-store.ts';
import type { Chunk } from '../chunks/chunk.ts';
import type { TextHash } from '../keys/text-hash.ts';
import { blobMigrations } from './migrations/blob-migrations.ts';
import { readyChunk, type ReadyChunk } from './ready-chunk.ts';

/** Content that git knows by an id, in a file of this name and size. */
export interface BlobFile {
  readonly blob: string;
  readonly path: string;
  /** Bytes on disk. */
  readonly size: number;
}

const SELECT = 'SELECT size, chunks FROM blobChunks WHERE blob = ? AND kind = ?';
const INSERT = `INSERT INTO blobChunks (blob, kind, size, chunks) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const COUNT = 'SELECT max(rowid) - min(rowid) FROM blobChunks';
const DELETE_OLDEST = `DELETE FROM blobChunks WHERE rowid <=
  (SELECT min(rowid) + (max(rowid) - min(rowid)) / 2 FROM blobChunks)`;
/** About 600 MB; then the older half goes. What is gone is cut again when it is met. */
const MOST_ROWS = 1_000_000;

type StoredChunk = Omit<Chunk, 'text'> & { readonly hash: TextHash };

/**
 * How git's blobs are cut, for all folders together: a blob met once is neither read nor cut again,
 * in any branch, work tree or clone. Derived, and can be thrown away.
 */
export interface BlobTable {
  /** Null when the blob is unknown, or a text of its chunks is not kept. */
  chunksOf(file: BlobFile, chunkerName: string): Promise<ReadyChunk[] | null>;
  putMany(
    files: readonly (BlobFile & { chunks: readonly ReadyChunk[] })[],
    chunkerName: string,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Opens (or creates) `blobs.db` in the directory of the workspace indexes. */
export async function openBlobTable(
  directory: string,
  texts: TextStore,
  onProblem: OnProblem = () => undefined,
): Promise<BlobTable> {
  const db = await openDerivedDatabase({
    file: path.join(directory, 'blobs.db'),
    migrations: blobMigrations,
    pageSize: 8192,
    onProblem,
  });
  return new SqliteBlobTable(db, texts);
}

class SqliteBlobTable implements BlobTable {
  readonly #db: Knex;
  readonly #texts: TextStore;
  readonly #prepared = new Prepared();

  constructor(db: Knex, texts: TextStore) {
    this.#db = db;
    this.#texts = texts;
  }

  async chunksOf(
    { blob, path: name, size }: BlobFile,
    chunker: string,
  ): Promise<ReadyChunk[] | null> {
    const row = await withConnection(
      this.#db,
      (connection) =>
        this.#prepared
          .on(connection, SELECT)
          .get(Buffer.from(blob, 'hex'), kindOf(name, chunker)) as
          { size: number; chunks: string } | undefined,
    );
    if (row?.size !== size) return null;
    const chunks: ReadyChunk[] = [];
    for (const { hash, ...facts } of JSON.parse(row.chunks) as StoredChunk[]) {
      const text = await this.#texts.get(hash);
      if (text === null) return null;
      chunks.push(readyChunk({ ...facts, text }, hash));
    }
    return chunks;
  }

  async putMany(
    files: readonly (BlobFile & { chunks: readonly ReadyChunk[] })[],
    chunker: string,
  ): Promise<void> {
    if (files.length === 0) return;
    const rows = files.map(({ blob, path: name, size, chunks }) => [
      Buffer.from(blob, 'hex'),
      kindOf(name, chunker),
      size,
      JSON.stringify(chunks.map(storedChunkOf)),
    ]);
    try {
      await retryWhileBusy(() =>
        withConnection(this.#db, (connection) => {
          const insert = this.#prepared.on(connection, INSERT);
          writeOn(connection, () => {
            for (const row of rows) insert.run(...row);
          });
        }),
      );
    } catch (error) {
      throw databaseFailure('storing how blobs are cut', error);
    }
  }

  async close(): Promise<void> {
    try {
      await retryWhileBusy(() =>
        withConnection(this.#db, (connection) => {
          const rows = this.#prepared.on(connection, COUNT).pluck().get() as number | null;
          if ((rows ?? 0) > MOST_ROWS) this.#prepared.on(connection, DELETE_OLDEST).run();
        }),
      );
    } finally {
      await this.#db.destroy();
    }
  }
}

/** Files of one ending are cut alike; those without one go by their whole name. */
function kindOf(file: string, chunker: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  return `${chunker} ${dot > 0 ? name.slice(dot) : name}`;
}

function storedChunkOf(chunk: ReadyChunk): StoredChunk {
  const { startLine, endLine, kind, symbols, enclosing, hash } = chunk;
  return { startLine, endLine, kind, symbols, enclosing, hash };
}
