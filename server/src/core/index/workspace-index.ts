import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { readOn, withConnection, writeOn, type Connection } from '../cache/database.ts';
import { openDerivedDatabase, type OnProblem } from '../cache/steady-database.ts';
import type { SkippedByReason, SkippedFile } from '../files/file-source.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import type { TextHash } from '../keys/text-hash.ts';
import type { Vector } from '../vectors/vector.ts';
import type { Nearest } from './best-few.ts';
import {
  ChunkTable,
  type ExplainedChunk,
  type FileContent,
  type KeptBackBy,
  type PlacedChunk,
  type WithheldChunk,
} from './chunk-table.ts';
import type { KnownFile } from './file-changes.ts';
import type { Embedded, IndexedChunk, PathFilter, Scored } from './index-reader.ts';
import { Lexical } from './lexical.ts';
import { LoadedIndex } from './loaded-index.ts';
import { indexMigrations } from './migrations/index-migrations.ts';
import { PackStore } from './pack-store.ts';

export interface StoredFile {
  /** Chunks that have no vector in this space yet. */
  readonly pending: readonly PlacedChunk[];
  /** Whether any chunk came or went. */
  readonly changed: boolean;
}

export interface WorkspaceCounts {
  readonly files: number;
  readonly chunks: number;
  readonly skipped: number;
  readonly skippedByReason: SkippedByReason;
  /** Chunks that are not sent because they look secret. */
  readonly looksSecret: number;
  /** False until the folder was indexed to the end once in this space. */
  readonly indexed: boolean;
}

export type AboutName = 'folder' | 'chunker' | 'snapshot' | `indexedAt ${string}`;

export interface WorkspaceIndexOptions {
  /** Absolute path of the folder, symbolic links resolved. */
  readonly folder: string;
  /** Directory of all workspace indexes. */
  readonly directory: string;
  /** Told when the index begins anew, or lives in memory: its file cannot be used. */
  readonly onProblem?: OnProblem;
  readonly space: EmbeddingSpace;
  /** Name of the check that texts pass before they are sent; null: there is none. */
  readonly secretCheck?: string | null;
}

export async function openWorkspaceIndex(options: WorkspaceIndexOptions): Promise<WorkspaceIndex> {
  const db = await openDerivedDatabase({
    file: indexFileOf(options.directory, options.folder),
    migrations: indexMigrations,
    pageSize: 8192,
    onProblem: options.onProblem ?? (() => undefined),
  });
  try {
    const index = new WorkspaceIndex(db, options);
    if ((await index.about('folder')) !== options.folder) {
      await index.setAbout({ folder: options.folder });
    }
    await index.load();
    return index;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Leaves nothing but the name of the folder. */
export const EMPTY_INDEX = `DELETE FROM pack; DELETE FROM chunk; DELETE FROM file;
  DELETE FROM about WHERE name <> 'folder'; INSERT INTO lexical (lexical) VALUES ('delete-all')`;

/** Where the index of a folder (absolute path, links resolved) lies, or would lie. */
export function indexFileOf(directory: string, folder: string): string {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return path.join(directory, `${id}.db`);
}

/** Which chunks a folder has now, in one SQLite file that can be thrown away. */
export class WorkspaceIndex {
  readonly folder: string;
  readonly #db: Knex;
  readonly #spaceId: string;
  readonly #keptBackBy: KeptBackBy;
  readonly #packs: PackStore;
  readonly #loaded: LoadedIndex;
  readonly #lexical = new Lexical();
  readonly #table = new ChunkTable(this.#lexical);

  constructor(db: Knex, { folder, space, secretCheck = null }: WorkspaceIndexOptions) {
    this.#db = db;
    this.folder = folder;
    this.#spaceId = spaceIdOf(space);
    this.#keptBackBy = { spaceId: this.#spaceId, secretCheck };
    const { dimensions } = space;
    this.#packs = new PackStore(this.#spaceId, dimensions);
    this.#loaded = new LoadedIndex(db, { table: this.#table, packs: this.#packs, dimensions });
  }

  async load(): Promise<void> {
    await this.#read(() => undefined);
  }

  /** Files known, by path. */
  files(): Promise<Map<string, KnownFile>> {
    return this.#read((connection) => this.#table.files(connection));
  }

  /** Those of these paths that are known. */
  filesAt(paths: readonly string[]): Promise<Map<string, KnownFile>> {
    return this.#read((connection) => this.#table.filesAt(connection, paths));
  }

  /** As `filesAt`; a path may also be a folder, which stands for all files below it. */
  filesUnder(paths: readonly string[]): Promise<Map<string, KnownFile>> {
    return this.#read((connection) => this.#table.filesUnder(connection, paths));
  }

  /** Those known by these paths in any case (of ASCII letters). Looks at all files. */
  filesSpelled(paths: readonly string[]): Promise<KnownFile[]> {
    return this.#read((connection) => this.#table.filesSpelled(connection, paths));
  }

  /** Every file that is not indexed, with the reason, by path. */
  skipped(): Promise<SkippedFile[]> {
    return this.#read((connection) => this.#table.skipped(connection));
  }

  /** Whether every chunk has its vector in this space, was refused one, or is not to be sent. */
  isFinished(): Promise<boolean> {
    return this.#read((connection) => {
      const keptBack = this.#table.keptBack(connection, this.#keptBackBy);
      const without = keptBack.filter((id) => !this.#loaded.vectors.has(id)).length;
      return this.#table.countChunks(connection) === this.#loaded.vectors.size + without;
    });
  }

  /** Files with a chunk that should have a vector in this space and has none. */
  unfinishedFiles(): Promise<Set<number>> {
    return this.#read((connection) => {
      const keptBack = new Set(this.#table.keptBack(connection, this.#keptBackBy));
      const open = this.#table
        .chunkFiles(connection)
        .filter(({ id }) => !this.#loaded.vectors.has(id) && !keptBack.has(id));
      return new Set(open.map(({ fileId }) => fileId));
    });
  }

  /** Chunks that are not sent because they look secret, by path and line. */
  withheld(): Promise<WithheldChunk[]> {
    const { secretCheck } = this.#keptBackBy;
    if (secretCheck === null) return Promise.resolve([]);
    return this.#read((connection) =>
      this.#table
        .withheld(connection, secretCheck)
        .filter(({ id }) => !this.#loaded.vectors.has(id)),
    );
  }

  putFiles(files: readonly FileContent[]): Promise<StoredFile[]> {
    return this.#write((connection) => {
      this.#table.forgetSnapshot(connection);
      return files.map((file) => {
        const { chunks, added, dropped } = this.#table.putFile(connection, file);
        for (const id of added) this.#loaded.pathOf.set(id, file.entry.path);
        this.#forget(dropped);
        const pending = chunks.filter((chunk) => this.#needsVector(chunk));
        return { pending, changed: added.length + dropped.length > 0 };
      });
    });
  }

  async removeFiles(files: readonly KnownFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.#write((connection) => {
      this.#table.forgetSnapshot(connection);
      for (const { id } of files) this.#forget(this.#table.removeFile(connection, id));
    });
  }

  async setVectors(vectors: ReadonlyMap<number, Vector>): Promise<void> {
    if (vectors.size === 0) return;
    await this.#write((connection) => {
      for (const [id, vector] of vectors)
        if (this.#loaded.pathOf.has(id)) this.#loaded.vectors.set(id, vector);
      this.#packs.save(connection, this.#loaded.vectors.takeChanged());
    });
  }

  /** Reason by chunk id. */
  async setFailures(reasons: ReadonlyMap<number, string>): Promise<void> {
    if (reasons.size === 0) return;
    await this.#write((connection) => {
      for (const [id, reason] of reasons) {
        this.#table.setFailure(connection, id, this.#spaceId, reason);
      }
    });
  }

  /** Says that the check for secrets found something in these chunks: they need no vector. */
  async setWithheld(ids: readonly number[]): Promise<void> {
    const { secretCheck } = this.#keptBackBy;
    if (ids.length === 0 || secretCheck === null) return;
    await this.#write((connection) => {
      for (const id of ids) this.#table.withhold(connection, id, secretCheck);
    });
  }

  async about(name: AboutName): Promise<string | null> {
    return this.#read((connection) => this.#table.about(connection, name));
  }

  async setAbout(facts: Partial<Record<AboutName, string>>): Promise<void> {
    const { AboutRow } = await import('./models/about-row.ts');
    const rows = Object.entries(facts).map(([name, value]) => ({ name, value }));
    await retryWhileBusy(async () => {
      await AboutRow.bindKnex(this.#db).knexQuery().insert(rows).onConflict('name').merge();
    });
  }

  /** Says that every chunk has its vector in this space, or the reason why not. */
  async markIndexed(at: Date): Promise<void> {
    await this.setAbout({ [`indexedAt ${this.#spaceId}`]: at.toISOString() });
  }

  async counts(): Promise<WorkspaceCounts> {
    const { byReason, chunks } = await this.#read((connection) => ({
      byReason: this.#table.countFiles(connection),
      chunks: this.#table.countChunks(connection),
    }));
    const files = byReason.get(null) ?? 0;
    byReason.delete(null);
    return {
      files,
      chunks,
      skipped: [...byReason.values()].reduce((sum, count) => sum + count, 0),
      skippedByReason: Object.fromEntries(byReason) as SkippedByReason,
      looksSecret: (await this.withheld()).length,
      indexed: (await this.about(`indexedAt ${this.#spaceId}`)) !== null,
    };
  }

  /** Leaves nothing but the file itself, which another process may have open. */
  async clear(): Promise<void> {
    await this.#write((connection) => {
      connection.exec(EMPTY_INDEX);
      this.#loaded.forget();
    });
    await retryWhileBusy(() => withConnection(this.#db, (connection) => connection.exec('VACUUM')));
  }

  async nearest(query: Vector, limit: number, accepts: PathFilter): Promise<Nearest> {
    await this.load();
    return this.#loaded.vectors.nearest(query, limit, this.#idFilter(accepts));
  }

  words(words: readonly string[], limit: number, accepts: PathFilter): Promise<Scored[]> {
    return this.#read((connection) =>
      this.#lexical.match(connection, words, limit, this.#idFilter(accepts)),
    );
  }

  /** Mean score of all chunks, as good as `nearest` would give them. */
  async typicalScore(query: Vector): Promise<number> {
    await this.load();
    return this.#loaded.vectors.typicalScore(query);
  }

  /** Chunks that hold a word anywhere; null where there are more than `most`. */
  holders(word: string, most: number): Promise<number[] | null> {
    return this.#read((connection) => this.#lexical.holders(connection, word, most));
  }

  /** Chunks of a file, by line; none for a file that is not indexed. */
  chunksAt(path: string): Promise<ExplainedChunk[]> {
    const hasVector = (id: number) => this.#loaded.vectors.has(id);
    return this.#read((connection) =>
      this.#table.chunksAt(connection, path, this.#keptBackBy, hasVector),
    );
  }

  chunkIds(): Promise<number[]> {
    return this.#read(() => [...this.#loaded.pathOf.keys()]);
  }

  phrase(words: readonly string[], limit: number, accepts: PathFilter): Promise<number[]> {
    return this.#read((connection) =>
      this.#lexical.phrase(connection, words, limit, this.#idFilter(accepts)),
    );
  }

  chunks(ids: readonly number[]): Promise<Map<number, IndexedChunk>> {
    return this.#read((connection) => this.#table.chunks(connection, ids));
  }

  /** What the vectors of these chunks are made of; chunks that are gone are left out. */
  embedded(ids: readonly number[]): Promise<Embedded[]> {
    return this.#read((connection) =>
      this.#table
        .embedded(connection, ids)
        .map((chunk) => ({ ...chunk, path: this.#loaded.pathOf.get(chunk.id)! })),
    );
  }

  /** Up to this many of the chunks' hashes, the same ones each time, as good as drawn by lot. */
  someHashes(limit: number): Promise<TextHash[]> {
    return this.#read((connection) => this.#table.someHashes(connection, limit));
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #needsVector({ id, failedSpace, secretCheck }: PlacedChunk): boolean {
    if (this.#loaded.vectors.has(id) || failedSpace === this.#spaceId) return false;
    return secretCheck === null || secretCheck !== this.#keptBackBy.secretCheck;
  }

  #forget(chunkIds: readonly number[]): void {
    for (const id of chunkIds) {
      this.#loaded.vectors.delete(id);
      this.#loaded.pathOf.delete(id);
    }
  }

  #idFilter(accepts: PathFilter): ((chunkId: number) => boolean) | null {
    if (accepts === null) return null;
    return (id) => {
      const path = this.#loaded.pathOf.get(id);
      return path !== undefined && accepts(path);
    };
  }

  async #read<T>(read: (connection: Connection) => T): Promise<T> {
    try {
      return await this.#loaded.whenCurrent(readOn, read);
    } catch (error) {
      throw databaseFailure('reading the workspace index', error);
    }
  }

  async #write<T>(write: (connection: Connection) => T): Promise<T> {
    try {
      return await this.#loaded.whenCurrent(writeOn, write);
    } catch (error) {
      // What memory holds may be ahead of what was rolled back.
      this.#loaded.forget();
      throw databaseFailure('writing the workspace index', error);
    }
  }
}
