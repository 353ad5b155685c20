import type { Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import type { Chunk, ChunkKind } from '../chunks/chunk.ts';
import { spacedWords } from '../chunks/words.ts';
import type { FileEntry, SkippedFile, SkipReason } from '../files/file-source.ts';
import { hashFromBytes, hashToBytes, type TextHash } from '../keys/text-hash.ts';
import type { KnownFile } from './file-changes.ts';
import type { Embedded, IndexedChunk } from './index-reader.ts';
import { Lexical } from './lexical.ts';
import type { ReadyChunk } from './ready-chunk.ts';

/** One file's content as it is now, to be brought into the index. */
export interface FileContent {
  readonly entry: FileEntry;
  readonly scannedAtMs: number;
  /** Git's id of the bytes that were read; null where none were. */
  readonly blob: string | null;
  /** Chunks, or why there are none, or that they are those already known. */
  readonly content:
    | { readonly kind: 'chunks'; readonly chunks: readonly ReadyChunk[] }
    | { readonly kind: 'skipped'; readonly reason: SkipReason }
    | { readonly kind: 'same' };
}

/** A chunk the file has now. */
export interface PlacedChunk {
  readonly id: number;
  readonly path: string;
  readonly chunk: Chunk;
  /** The space whose provider refused it; null where none did. */
  readonly failedSpace: string | null;
  /** The check for secrets that found something in it; null where none did. */
  readonly secretCheck: string | null;
}

/** A chunk as an explanation shows it. */
export interface ExplainedChunk extends Omit<IndexedChunk, 'id' | 'path'> {
  /** Why it has no vector in this space; null where it has, or will have. */
  readonly failure: string | null;
  /** It has no vector in this space because it looks secret, and so is not sent. */
  readonly looksSecret: boolean;
}

/** On whose behalf a chunk is kept back, and so needs no vector. */
export interface KeptBackBy {
  /** Its provider refused the chunk. */
  readonly spaceId: string;
  /** The check texts pass before they are sent found something in it; null: there is no check. */
  readonly secretCheck: string | null;
}

/** A chunk that is not sent. */
export interface WithheldChunk {
  readonly id: number;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** What bringing a file in did to its chunks. */
export interface FileUpdate {
  readonly chunks: readonly PlacedChunk[];
  /** Ids of chunks that are new, and of those that are gone. */
  readonly added: readonly number[];
  readonly dropped: readonly number[];
}

const FILES = 'SELECT id, path, size, mtimeMs, scannedAtMs, skipped, blob FROM file';
const FILE = `${FILES} WHERE path = ?`;
const FILES_BELOW = `${FILES} WHERE path >= ? AND path < ?`;
const FILES_SPELLED = `${FILES} WHERE path COLLATE NOCASE IN (SELECT value FROM json_each(?))`;
const SKIPPED = 'SELECT path, skipped AS reason FROM file WHERE skipped IS NOT NULL ORDER BY path';
const TOUCH_FILE = `UPDATE file SET size = @size, mtimeMs = @mtimeMs, scannedAtMs = @scannedAtMs
  WHERE path = @path`;
const COUNT_FILES = 'SELECT skipped, count(*) AS files FROM file GROUP BY skipped';
const COUNT_CHUNKS = 'SELECT count(*) FROM chunk';
const FORGET_SNAPSHOT = "DELETE FROM about WHERE name = 'snapshot'";
const FILE_PATHS = 'SELECT id, path FROM file WHERE id > ? ORDER BY id LIMIT ?';
// From the index on fileId alone; two lists of numbers come faster than one of pairs.
const AFTER_A_CHUNK = 'FROM chunk WHERE (fileId, id) > (?, ?) ORDER BY fileId, id LIMIT ?';
const FILES_OF_CHUNKS = `SELECT fileId ${AFTER_A_CHUNK}`;
const CHUNKS_OF_FILES = `SELECT id ${AFTER_A_CHUNK}`;
/** Read in some 5 ms. */
const ROWS_A_STEP = 10_000;
const ABOUT = 'SELECT value FROM about WHERE name = ?';
const PUT_FILE = `INSERT INTO file (path, size, mtimeMs, scannedAtMs, skipped, blob)
  VALUES (@path, @size, @mtimeMs, @scannedAtMs, @skipped, @blob)
  ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtimeMs = excluded.mtimeMs,
    scannedAtMs = excluded.scannedAtMs, skipped = excluded.skipped, blob = excluded.blob
  RETURNING id`;
const CHUNKS_OF_FILE = `SELECT id, startLine, endLine, hash, kind, symbols, enclosing, failedSpace,
  secretCheck FROM chunk WHERE fileId = ? ORDER BY startLine`;
const ADD_CHUNK = `INSERT INTO chunk (fileId, startLine, endLine, hash, kind, symbols, enclosing)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const MOVE_CHUNK = 'UPDATE chunk SET startLine = ?, endLine = ? WHERE id = ?';
const DELETE_CHUNK = 'DELETE FROM chunk WHERE id = ?';
const DELETE_FILE = 'DELETE FROM file WHERE id = ?';
const FAIL_CHUNK = 'UPDATE chunk SET failedSpace = ?, failure = ? WHERE id = ?';
const WITHHOLD_CHUNK = 'UPDATE chunk SET secretCheck = ? WHERE id = ?';
const KEPT_BACK = `SELECT id FROM chunk WHERE failedSpace = @spaceId
  UNION SELECT id FROM chunk WHERE secretCheck = @secretCheck`;
const FILE_OF_EACH = 'SELECT id, fileId FROM chunk';
const WITHHELD = `SELECT chunk.id, path, startLine, endLine FROM chunk
  JOIN file ON file.id = chunk.fileId WHERE secretCheck = ? ORDER BY path, startLine`;
const CHUNKS_AT = `SELECT chunk.id, startLine, endLine, hash, kind, symbols, enclosing,
    CASE WHEN failedSpace = @spaceId THEN failure END AS failure,
    coalesce(secretCheck = @secretCheck, 0) AS looksSecret
  FROM chunk JOIN file ON file.id = chunk.fileId WHERE file.path = @path ORDER BY startLine`;
const SOME_HASHES = 'SELECT DISTINCT hash FROM chunk ORDER BY hash LIMIT ?';
// One statement for all, in the order asked for: one by one takes seven times as long.
const CHUNKS = `SELECT chunk.id, file.path, startLine, endLine, hash, kind, symbols, enclosing
  FROM json_each(?) AS wanted CROSS JOIN chunk ON chunk.id = wanted.value
  CROSS JOIN file ON file.id = chunk.fileId`;
const EMBEDDED = `SELECT chunk.id, hash, symbols
  FROM json_each(?) AS wanted CROSS JOIN chunk ON chunk.id = wanted.value`;

interface StoredChunk {
  id: number;
  startLine: number;
  endLine: number;
  hash: Buffer;
  kind: ChunkKind;
  symbols: string;
  enclosing: string;
  failedSpace: string | null;
  secretCheck: string | null;
}

/** Files, their chunks and the chunks' words: the hot statements, within the caller's transaction. */
export class ChunkTable {
  readonly #lexical: Lexical;
  readonly #prepared = new Prepared();

  constructor(lexical: Lexical) {
    this.#lexical = lexical;
  }

  files(connection: Connection): Map<string, KnownFile> {
    const rows = this.#prepared.on(connection, FILES).all() as KnownFile[];
    return new Map(rows.map((row) => [row.path, row]));
  }

  /** Those of these paths that are known. */
  filesAt(connection: Connection, paths: readonly string[]): Map<string, KnownFile> {
    const select = this.#prepared.on(connection, FILE);
    const rows = paths.map((path) => select.get(path) as KnownFile | undefined);
    return new Map(rows.filter((row) => row !== undefined).map((row) => [row.path, row]));
  }

  /** As `filesAt`; a path may also be a folder, which stands for all files below it. */
  filesUnder(connection: Connection, paths: readonly string[]): Map<string, KnownFile> {
    const known = this.filesAt(connection, paths);
    const select = this.#prepared.on(connection, FILES_BELOW);
    for (const path of paths) {
      // '0' is the character after '/'.
      for (const row of select.all(`${path}/`, `${path}0`) as KnownFile[]) known.set(row.path, row);
    }
    return known;
  }

  /** Those known by these paths in any case (of ASCII letters). Looks at all files. */
  filesSpelled(connection: Connection, paths: readonly string[]): KnownFile[] {
    const select = this.#prepared.on(connection, FILES_SPELLED);
    return select.all(JSON.stringify(paths)) as KnownFile[];
  }

  skipped(connection: Connection): SkippedFile[] {
    return this.#prepared.on(connection, SKIPPED).all() as SkippedFile[];
  }

  about(connection: Connection, name: string): string | null {
    const value = this.#prepared.on(connection, ABOUT).pluck().get(name) as string | undefined;
    return value ?? null;
  }

  /** Path of every chunk, by id: some thousands a step, each to be taken in a transaction. */
  *paths(connection: Connection): Generator<undefined, Map<number, string>, undefined> {
    const pathOfFile = new Map<number, string>();
    for (let last = 0; ; yield) {
      const select = this.#prepared.on(connection, FILE_PATHS).raw();
      const rows = select.all(last, ROWS_A_STEP) as [number, string][];
      for (const [id, path] of rows) pathOfFile.set(id, path);
      if (rows.length < ROWS_A_STEP) break;
      last = rows.at(-1)![0];
    }
    // Not made of pairs: a hundred thousand of them take twice as long, and must be collected.
    const paths = new Map<number, string>();
    for (let after = [0, 0]; ; yield) {
      const list = (sql: string) =>
        this.#prepared.on(connection, sql).pluck().all(after, ROWS_A_STEP) as number[];
      const files = list(FILES_OF_CHUNKS);
      const ids = list(CHUNKS_OF_FILES);
      for (let i = 0; i < ids.length; i++) paths.set(ids[i]!, pathOfFile.get(files[i]!)!);
      if (ids.length < ROWS_A_STEP) return paths;
      after = [files.at(-1)!, ids.at(-1)!];
    }
  }

  /** All chunks, with their files. */
  chunkFiles(connection: Connection): { id: number; fileId: number }[] {
    return this.#prepared.on(connection, FILE_OF_EACH).all() as { id: number; fileId: number }[];
  }

  /** Chunks that need no vector. */
  keptBack(connection: Connection, by: KeptBackBy): number[] {
    return this.#prepared.on(connection, KEPT_BACK).pluck().all(by) as number[];
  }

  /** Chunks that this check keeps back, by path and line. */
  withheld(connection: Connection, secretCheck: string): WithheldChunk[] {
    return this.#prepared.on(connection, WITHHELD).all(secretCheck) as WithheldChunk[];
  }

  /** Number of files by the reason why they are not indexed; null: they are. */
  countFiles(connection: Connection): Map<SkipReason | null, number> {
    const rows = this.#prepared.on(connection, COUNT_FILES).all() as {
      skipped: SkipReason | null;
      files: number;
    }[];
    return new Map(rows.map(({ skipped, files }) => [skipped, files]));
  }

  countChunks(connection: Connection): number {
    return this.#prepared.on(connection, COUNT_CHUNKS).pluck().get() as number;
  }

  /** Files changed one by one: what holds of the folder as a whole is no longer known. */
  forgetSnapshot(connection: Connection): void {
    this.#prepared.on(connection, FORGET_SNAPSHOT).run();
  }

  /** Chunks of the same text and names stay as they are, wherever in the file they moved. */
  putFile(connection: Connection, file: FileContent): FileUpdate {
    const { entry, scannedAtMs, content, blob } = file;
    const { path, size, mtimeMs } = entry;
    if (content.kind === 'same') {
      this.#prepared.on(connection, TOUCH_FILE).run({ path, size, mtimeMs, scannedAtMs });
      return { chunks: [], added: [], dropped: [] };
    }
    const skipped = content.kind === 'skipped' ? content.reason : null;
    const { id: fileId } = this.#prepared
      .on(connection, PUT_FILE)
      .get({ path, size, mtimeMs, scannedAtMs, skipped, blob }) as { id: number };
    const leftOver = Map.groupBy(this.#chunksOfFile(connection, fileId), (stored) =>
      matchKey(stored.hash, stored),
    );
    const pathWords = spacedWords(path);
    const chunks: PlacedChunk[] = [];
    const added: number[] = [];
    for (const chunk of content.kind === 'chunks' ? content.chunks : []) {
      const { kind } = chunk;
      const symbols = chunk.symbols.join(' ');
      const enclosing = chunk.enclosing.join(' ');
      const hash = hashToBytes(chunk.hash);
      const same = leftOver.get(matchKey(hash, { kind, symbols, enclosing }))?.shift();
      if (same) {
        this.#move(connection, same, chunk);
        const { id, failedSpace, secretCheck } = same;
        chunks.push({ id, path, chunk, failedSpace, secretCheck });
        continue;
      }
      const { lastInsertRowid } = this.#prepared
        .on(connection, ADD_CHUNK)
        .run(fileId, chunk.startLine, chunk.endLine, hash, kind, symbols, enclosing);
      const id = Number(lastInsertRowid);
      this.#lexical.add(connection, id, { path: pathWords, ...chunk.words });
      added.push(id);
      chunks.push({ id, path, chunk, failedSpace: null, secretCheck: null });
    }
    const dropped = [...leftOver.values()].flat().map(({ id }) => id);
    this.#dropChunks(connection, dropped);
    return { chunks, added, dropped };
  }

  /** Chunks of a file, by line. */
  chunksAt(
    connection: Connection,
    path: string,
    by: KeptBackBy,
    hasVector: (id: number) => boolean,
  ): ExplainedChunk[] {
    const rows = this.#prepared.on(connection, CHUNKS_AT).all({ path, ...by }) as (StoredChunk & {
      failure: string | null;
      looksSecret: 0 | 1;
    })[];
    return rows.map((row) => ({
      startLine: row.startLine,
      endLine: row.endLine,
      hash: hashFromBytes(row.hash),
      kind: row.kind,
      symbols: namesIn(row.symbols),
      enclosing: namesIn(row.enclosing),
      failure: row.failure,
      looksSecret: row.looksSecret === 1 && !hasVector(row.id),
    }));
  }

  /** Ids of the chunks that went with the file. */
  removeFile(connection: Connection, fileId: number): number[] {
    const dropped = this.#chunksOfFile(connection, fileId).map(({ id }) => id);
    this.#dropChunks(connection, dropped);
    this.#prepared.on(connection, DELETE_FILE).run(fileId);
    return dropped;
  }

  setFailure(connection: Connection, id: number, spaceId: string, reason: string): void {
    this.#prepared.on(connection, FAIL_CHUNK).run(spaceId, reason, id);
  }

  withhold(connection: Connection, id: number, secretCheck: string): void {
    this.#prepared.on(connection, WITHHOLD_CHUNK).run(secretCheck, id);
  }

  /** Hashes are as good as random, so the first in order are a fair sample. */
  someHashes(connection: Connection, limit: number): TextHash[] {
    const rows = this.#prepared.on(connection, SOME_HASHES).all(limit) as { hash: Buffer }[];
    return rows.map(({ hash }) => hashFromBytes(hash));
  }

  /** Chunks that are gone meanwhile are left out. */
  chunks(connection: Connection, ids: readonly number[]): Map<number, IndexedChunk> {
    const rows = this.#prepared.on(connection, CHUNKS).all(JSON.stringify(ids));
    const chunks = new Map<number, IndexedChunk>();
    for (const row of rows as (StoredChunk & { path: string })[]) {
      const { id, path, startLine, endLine, kind } = row;
      const hash = hashFromBytes(row.hash);
      const [symbols, enclosing] = [namesIn(row.symbols), namesIn(row.enclosing)];
      chunks.set(id, { id, path, startLine, endLine, hash, kind, symbols, enclosing });
    }
    return chunks;
  }

  /** As `chunks`, but only what vectors are made of; the path is for the caller to know. */
  embedded(connection: Connection, ids: readonly number[]): Omit<Embedded, 'path'>[] {
    const rows = this.#prepared.on(connection, EMBEDDED).all(JSON.stringify(ids)) as StoredChunk[];
    return rows.map(({ id, hash, symbols }) => {
      return { id, hash: hashFromBytes(hash), symbols: namesIn(symbols) };
    });
  }

  #move(connection: Connection, stored: StoredChunk, { startLine, endLine }: Chunk): void {
    if (stored.startLine === startLine && stored.endLine === endLine) return;
    this.#prepared.on(connection, MOVE_CHUNK).run(startLine, endLine, stored.id);
  }

  #dropChunks(connection: Connection, ids: readonly number[]): void {
    for (const id of ids) {
      this.#prepared.on(connection, DELETE_CHUNK).run(id);
      this.#lexical.remove(connection, id);
    }
  }

  #chunksOfFile(connection: Connection, fileId: number): StoredChunk[] {
    return this.#prepared.on(connection, CHUNKS_OF_FILE).all(fileId) as StoredChunk[];
  }
}

function matchKey(
  hash: Buffer,
  facts: Pick<StoredChunk, 'kind' | 'symbols' | 'enclosing'>,
): string {
  return [hash.toString('hex'), facts.kind, facts.symbols, facts.enclosing].join('\n');
}

function namesIn(joined: string): string[] {
  return joined === '' ? [] : joined.split(' ');
}
