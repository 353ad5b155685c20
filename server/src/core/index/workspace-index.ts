import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Knex } from 'knex';
import { ensurePrivateDirectory } from '../cache/cache-directory.ts';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import {
  databaseFailure,
  openDatabase,
  withConnection,
  writeOn,
  type Connection,
} from '../cache/database.ts';
import { migrate } from '../cache/migrations/migrate.ts';
import { Prepared } from '../cache/prepared.ts';
import type { Chunk } from '../chunks/chunk.ts';
import type { FileEntry, SkipReason } from '../files/file-source.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { hashFromBytes, hashToBytes, textHashOf } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';
import type { KnownFile } from './file-changes.ts';
import type { IndexedChunk, Scored } from './index-reader.ts';
import { Lexical } from './lexical.ts';
import { indexMigrations } from './migrations/index-migrations.ts';
import { PackedVectors } from './packed-vectors.ts';
import { PackStore } from './pack-store.ts';

/** One file's content as it is now, to be brought into the index. */
export interface FileContent {
  readonly entry: FileEntry;
  readonly scannedAtMs: number;
  /** Chunks, or why there are none. */
  readonly content:
    | { readonly kind: 'chunks'; readonly chunks: readonly Chunk[] }
    | { readonly kind: 'skipped'; readonly reason: SkipReason };
}

/** A chunk that has no vector in this space yet. */
export interface PendingChunk {
  readonly id: number;
  readonly path: string;
  readonly chunk: Chunk;
}

export interface StoredFile {
  readonly pending: readonly PendingChunk[];
  /** Whether any chunk came or went. */
  readonly changed: boolean;
}

export interface WorkspaceCounts {
  readonly files: number;
  readonly chunks: number;
  readonly skipped: number;
  /** False until the folder was indexed to the end once. */
  readonly indexed: boolean;
}

/** Which chunks a folder has now, in one SQLite file that can be thrown away. */
export interface WorkspaceIndex {
  readonly folder: string;
  /** Files known, by path. */
  files(): Promise<Map<string, KnownFile>>;
  /** Files with a chunk that has no vector in this space and was not refused one. */
  unfinishedFiles(): Promise<Set<number>>;
  putFiles(files: readonly FileContent[]): Promise<StoredFile[]>;
  removeFiles(files: readonly KnownFile[]): Promise<void>;
  setVectors(vectors: ReadonlyMap<number, Vector>): Promise<void>;
  setFailures(reasons: ReadonlyMap<number, string>): Promise<void>;
  about(name: AboutName): Promise<string | null>;
  setAbout(facts: Partial<Record<AboutName, string>>): Promise<void>;
  counts(): Promise<WorkspaceCounts>;
  nearest(query: Vector, limit: number, accepts: (path: string) => boolean): Promise<Scored[]>;
  words(
    words: readonly string[],
    limit: number,
    accepts: (path: string) => boolean,
  ): Promise<Scored[]>;
  chunks(ids: readonly number[]): Promise<Map<number, IndexedChunk>>;
  chunkCounts(paths: readonly string[]): Promise<Map<string, number>>;
  close(): Promise<void>;
}

export type AboutName = 'folder' | 'chunker' | 'skipped' | 'indexedAt';

export interface WorkspaceIndexOptions {
  /** Absolute path of the folder, symbolic links resolved. */
  readonly folder: string;
  /** Directory of all workspace indexes. */
  readonly directory: string;
  readonly space: EmbeddingSpace;
}

export function workspaceIndexFile(directory: string, folder: string): string {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return path.join(directory, `${id}.db`);
}

export async function openWorkspaceIndex(options: WorkspaceIndexOptions): Promise<WorkspaceIndex> {
  ensurePrivateDirectory(options.directory);
  const file = workspaceIndexFile(options.directory, options.folder);
  const db = await openDatabase(file, { pageSize: 8192 });
  try {
    await migrate(db, indexMigrations);
    const index = new SqliteWorkspaceIndex(db, options);
    await index.setAbout({ folder: options.folder });
    await index.load();
    return index;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

const FILES = 'SELECT id, path, size, mtimeMs, scannedAtMs, skipped FROM file';
const CHUNK_PATHS = 'SELECT chunk.id, file.path FROM chunk JOIN file ON file.id = chunk.fileId';
const PUT_FILE = `INSERT INTO file (path, size, mtimeMs, scannedAtMs, skipped)
  VALUES (@path, @size, @mtimeMs, @scannedAtMs, @skipped)
  ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtimeMs = excluded.mtimeMs,
    scannedAtMs = excluded.scannedAtMs, skipped = excluded.skipped
  RETURNING id`;
const CHUNKS_OF_FILE = `SELECT id, startLine, endLine, hash, symbols, failedSpace FROM chunk
  WHERE fileId = ? ORDER BY startLine`;
const ADD_CHUNK = `INSERT INTO chunk (fileId, startLine, endLine, hash, symbols)
  VALUES (?, ?, ?, ?, ?)`;
const MOVE_CHUNK = 'UPDATE chunk SET startLine = ?, endLine = ? WHERE id = ?';
const DELETE_CHUNK = 'DELETE FROM chunk WHERE id = ?';
const DELETE_FILE = 'DELETE FROM file WHERE id = ?';
const FAIL_CHUNK = 'UPDATE chunk SET failedSpace = ?, failure = ? WHERE id = ?';
const UNFINISHED = 'SELECT id, fileId FROM chunk WHERE failedSpace IS NOT ?';
const CHUNK = `SELECT chunk.id, path, startLine, endLine, hash, symbols
  FROM chunk JOIN file ON file.id = chunk.fileId WHERE chunk.id = ?`;
const CHUNK_COUNT = `SELECT count(*) FROM chunk JOIN file ON file.id = chunk.fileId
  WHERE file.path = ?`;

interface StoredChunk {
  id: number;
  startLine: number;
  endLine: number;
  hash: Buffer;
  symbols: string;
  failedSpace: string | null;
}

class SqliteWorkspaceIndex implements WorkspaceIndex {
  readonly folder: string;
  readonly #db: Knex;
  readonly #spaceId: string;
  readonly #dimensions: number;
  readonly #packStore: PackStore;
  readonly #lexical = new Lexical();
  readonly #prepared = new Prepared();
  #vectors: PackedVectors;
  /** Path of every chunk, so that filters need no query. */
  #pathOf = new Map<number, string>();
  /** SQLite's counter of changes made by other connections: another window may index too. */
  #dataVersion = -1;

  constructor(db: Knex, { folder, space }: WorkspaceIndexOptions) {
    this.#db = db;
    this.folder = folder;
    this.#spaceId = spaceIdOf(space);
    this.#dimensions = space.dimensions;
    this.#packStore = new PackStore(this.#spaceId, space.dimensions);
    this.#vectors = new PackedVectors(space.dimensions, [], new Set());
  }

  async load(): Promise<void> {
    await this.#read(() => undefined);
  }

  async files(): Promise<Map<string, KnownFile>> {
    const rows = await this.#read(
      (connection) =>
        this.#prepared.on(connection, FILES).all() as (Omit<KnownFile, 'skipped'> & {
          skipped: string | null;
        })[],
    );
    return new Map(rows.map((row) => [row.path, { ...row, skipped: row.skipped !== null }]));
  }

  async unfinishedFiles(): Promise<Set<number>> {
    const rows = await this.#read(
      (connection) =>
        this.#prepared.on(connection, UNFINISHED).all(this.#spaceId) as {
          id: number;
          fileId: number;
        }[],
    );
    return new Set(rows.filter(({ id }) => !this.#vectors.has(id)).map(({ fileId }) => fileId));
  }

  async putFiles(files: readonly FileContent[]): Promise<StoredFile[]> {
    return this.#write((connection) => files.map((file) => this.#putFile(connection, file)));
  }

  async removeFiles(files: readonly KnownFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.#write((connection) => {
      for (const { id } of files) {
        for (const chunk of this.#chunksOfFile(connection, id))
          this.#dropChunk(connection, chunk.id);
        this.#prepared.on(connection, DELETE_FILE).run(id);
      }
    });
  }

  async setVectors(vectors: ReadonlyMap<number, Vector>): Promise<void> {
    if (vectors.size === 0) return;
    await this.#write((connection) => {
      for (const [id, vector] of vectors) if (this.#pathOf.has(id)) this.#vectors.set(id, vector);
      this.#packStore.save(connection, this.#vectors.takeChanged());
    });
  }

  async setFailures(reasons: ReadonlyMap<number, string>): Promise<void> {
    if (reasons.size === 0) return;
    await this.#write((connection) => {
      const fail = this.#prepared.on(connection, FAIL_CHUNK);
      for (const [id, reason] of reasons) fail.run(this.#spaceId, reason, id);
    });
  }

  async about(name: AboutName): Promise<string | null> {
    const { AboutRow } = await import('./models/about-row.ts');
    const row = await AboutRow.bindKnex(this.#db).query().findById(name);
    return row?.value ?? null;
  }

  async setAbout(facts: Partial<Record<AboutName, string>>): Promise<void> {
    const { AboutRow } = await import('./models/about-row.ts');
    const rows = Object.entries(facts).map(([name, value]) => ({ name, value }));
    await retryWhileBusy(async () => {
      await AboutRow.bindKnex(this.#db).knexQuery().insert(rows).onConflict('name').merge();
    });
  }

  async counts(): Promise<WorkspaceCounts> {
    const { FileRow } = await import('./models/file-row.ts');
    const { ChunkRow } = await import('./models/chunk-row.ts');
    const files = FileRow.bindKnex(this.#db).query();
    return {
      files: await files.clone().whereNull('skipped').resultSize(),
      chunks: await ChunkRow.bindKnex(this.#db).query().resultSize(),
      skipped:
        (await files.clone().whereNotNull('skipped').resultSize()) +
        Number((await this.about('skipped')) ?? 0),
      indexed: (await this.about('indexedAt')) !== null,
    };
  }

  async nearest(
    query: Vector,
    limit: number,
    accepts: (path: string) => boolean,
  ): Promise<Scored[]> {
    await this.load();
    return this.#vectors.nearest(query, limit, (id) => this.#accepts(id, accepts));
  }

  async words(
    words: readonly string[],
    limit: number,
    accepts: (path: string) => boolean,
  ): Promise<Scored[]> {
    return this.#read((connection) =>
      this.#lexical.match(connection, words, limit, (id) => this.#accepts(id, accepts)),
    );
  }

  async chunks(ids: readonly number[]): Promise<Map<number, IndexedChunk>> {
    const rows = await this.#read((connection) => {
      const select = this.#prepared.on(connection, CHUNK);
      return ids.map((id) => select.get(id) as (StoredChunk & { path: string }) | undefined);
    });
    const chunks = new Map<number, IndexedChunk>();
    for (const row of rows) {
      if (!row) continue;
      const { id, path, startLine, endLine } = row;
      const symbols = row.symbols === '' ? [] : row.symbols.split(' ');
      chunks.set(id, { id, path, startLine, endLine, hash: hashFromBytes(row.hash), symbols });
    }
    return chunks;
  }

  async chunkCounts(paths: readonly string[]): Promise<Map<string, number>> {
    return this.#read((connection) => {
      const select = this.#prepared.on(connection, CHUNK_COUNT).pluck();
      return new Map(paths.map((path) => [path, select.get(path) as number]));
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #putFile(connection: Connection, { entry, scannedAtMs, content }: FileContent): StoredFile {
    const { path, size, mtimeMs } = entry;
    const skipped = content.kind === 'skipped' ? content.reason : null;
    const row = this.#prepared
      .on(connection, PUT_FILE)
      .get({ path, size, mtimeMs, scannedAtMs, skipped }) as { id: number };
    const before = this.#chunksOfFile(connection, row.id);
    const leftOver = groupByKey(before);
    const pending: PendingChunk[] = [];
    let added = 0;
    for (const chunk of content.kind === 'chunks' ? content.chunks : []) {
      const symbols = chunk.symbols.join(' ');
      const hash = hashToBytes(textHashOf(chunk.text));
      const same = leftOver.get(`${hash.toString('hex')} ${symbols}`)?.shift();
      const id = same?.id ?? this.#addChunk(connection, row.id, path, chunk, hash, symbols);
      if (!same) added++;
      else if (same.startLine !== chunk.startLine || same.endLine !== chunk.endLine) {
        this.#prepared.on(connection, MOVE_CHUNK).run(chunk.startLine, chunk.endLine, id);
      }
      const refused = same?.failedSpace === this.#spaceId;
      if (!this.#vectors.has(id) && !refused) pending.push({ id, path, chunk });
    }
    const gone = [...leftOver.values()].flat();
    for (const { id } of gone) this.#dropChunk(connection, id);
    return { pending, changed: added > 0 || gone.length > 0 };
  }

  #addChunk(
    connection: Connection,
    fileId: number,
    path: string,
    chunk: Chunk,
    hash: Buffer,
    symbols: string,
  ): number {
    const result = this.#prepared
      .on(connection, ADD_CHUNK)
      .run(fileId, chunk.startLine, chunk.endLine, hash, symbols);
    const id = Number(result.lastInsertRowid);
    this.#lexical.add(connection, id, { path, symbols: chunk.symbols, text: chunk.text });
    this.#pathOf.set(id, path);
    return id;
  }

  #dropChunk(connection: Connection, id: number): void {
    this.#prepared.on(connection, DELETE_CHUNK).run(id);
    this.#lexical.remove(connection, id);
    this.#vectors.delete(id);
    this.#pathOf.delete(id);
  }

  #chunksOfFile(connection: Connection, fileId: number): StoredChunk[] {
    return this.#prepared.on(connection, CHUNKS_OF_FILE).all(fileId) as StoredChunk[];
  }

  #accepts(id: number, accepts: (path: string) => boolean): boolean {
    const path = this.#pathOf.get(id);
    return path !== undefined && accepts(path);
  }

  async #read<T>(read: (connection: Connection) => T): Promise<T> {
    try {
      return await retryWhileBusy(() =>
        withConnection(this.#db, (connection) => {
          this.#reloadIfChanged(connection);
          return read(connection);
        }),
      );
    } catch (error) {
      throw databaseFailure('reading the workspace index', error);
    }
  }

  async #write<T>(write: (connection: Connection) => T): Promise<T> {
    try {
      return await retryWhileBusy(() =>
        withConnection(this.#db, (connection) =>
          writeOn(connection, () => {
            this.#reloadIfChanged(connection);
            return write(connection);
          }),
        ),
      );
    } catch (error) {
      // What memory holds may be ahead of what was rolled back.
      this.#dataVersion = -1;
      throw databaseFailure('writing the workspace index', error);
    }
  }

  #reloadIfChanged(connection: Connection): void {
    const version = connection.pragma('data_version', { simple: true }) as number;
    if (version === this.#dataVersion) return;
    const rows = this.#prepared.on(connection, CHUNK_PATHS).all() as { id: number; path: string }[];
    this.#pathOf = new Map(rows.map(({ id, path }) => [id, path]));
    this.#vectors = new PackedVectors(
      this.#dimensions,
      this.#packStore.load(connection),
      new Set(this.#pathOf.keys()),
    );
    this.#dataVersion = version;
  }
}

function groupByKey(chunks: readonly StoredChunk[]): Map<string, StoredChunk[]> {
  return Map.groupBy(chunks, ({ hash, symbols }) => `${hash.toString('hex')} ${symbols}`);
}
