import { open, rename, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../../errors.ts';
import { spaceIdOf } from '../../../keys/space.ts';
import { HASH_FUNCTION, hashFromBytes, textHashOf } from '../../../keys/text-hash.ts';
import { withConnection, type Database } from '../../database.ts';
import { wholeVectorOf, type StoredVector } from '../../stored-vector.ts';
import { shardFilesIn, withShardFile, withTextsFile, type ShardFile } from '../cache-files.ts';
import { ProgressCount, type MaintenanceRun } from '../progress.ts';
import {
  encodeBlock,
  encodeTexts,
  encodeVectors,
  jsonBlock,
  LARGEST_PAYLOAD,
  MAGIC,
  type Block,
  type PackHead,
  type PackTotals,
} from './pack-format.ts';
import { resumePoint, type ResumePoint } from './resume-point.ts';

export interface ExportOptions extends MaintenanceRun {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  /** Absolute path. It appears under this name when it is complete; until then `.partial` is added. */
  readonly file: string;
  /** Ids of the spaces to export; null for all. */
  readonly spaceIds: readonly string[] | null;
  readonly withText: boolean;
}

export interface ExportReport extends PackTotals {
  readonly file: string;
  readonly bytes: number;
  readonly spaces: number;
  /** Left out, because their rows are damaged. */
  readonly damaged: number;
  /** Of the embeddings, those that an interrupted run had written already. */
  readonly resumed: number;
  readonly seconds: number;
}

/** Rows are read, and written as one block, about so many bytes at a time. */
const BATCH_BYTES = 256 * 1024;
const PAUSE_MS = 2;
const SELECT = `SELECT hash, vector, checksum, tokens FROM embedding
  WHERE hash > ? ORDER BY hash LIMIT ?`;

type Row = StoredVector & { readonly hash: Buffer; readonly tokens: number | null };

/**
 * Writes a pack: its rows in the order of their hashes, so that the same embeddings give the same
 * bytes, and an interrupted run goes on where it was. Throws Failure `badFile` for a file that
 * cannot be written.
 */
export async function exportPack(options: ExportOptions): Promise<ExportReport> {
  const startedAt = performance.now();
  const { directory, spaceIds, withText } = options;
  const shards = (await shardFilesIn(directory)).filter(
    ({ space }) => spaceIds?.includes(spaceIdOf(space)) ?? true,
  );
  const head: PackHead = { withText, spaces: shards.map(({ space }) => spaceIdOf(space)) };
  const partial = `${options.file}.partial`;
  const from = await resumePoint(partial, head);
  const pack = await PackFile.open(partial, from, head);
  try {
    const exporter = new Exporter(options, pack, await countAll(shards));
    for (const [i, shard] of shards.entries()) {
      if (i >= from.shard) await exporter.exportShard(shard, i === from.shard ? from.hash : null);
    }
    const { embeddings, texts, damaged } = exporter;
    await pack.write(jsonBlock('DONE', { embeddings, texts }));
    const bytes = await pack.finish();
    await rename(partial, options.file);
    const seconds = (performance.now() - startedAt) / 1000;
    const { file } = options;
    const resumed = from.embeddings;
    return { file, bytes, spaces: shards.length, embeddings, texts, damaged, resumed, seconds };
  } finally {
    await pack.close();
  }
}

class Exporter {
  readonly #options: ExportOptions;
  readonly #pack: PackFile;
  readonly #progress: ProgressCount;
  embeddings: number;
  texts: number;
  damaged = 0;

  constructor(options: ExportOptions, pack: PackFile, total: number) {
    this.#options = options;
    this.#pack = pack;
    this.#progress = new ProgressCount(options, total);
    this.embeddings = pack.from.embeddings;
    this.texts = pack.from.texts;
    this.#progress.add(this.embeddings);
  }

  /** After this hash, which an interrupted run had written; null for a space not begun. */
  async exportShard(shard: ShardFile, after: Buffer | null): Promise<void> {
    const { directory, signal, withText } = this.#options;
    const { space } = shard;
    if (after === null) {
      await this.#pack.write(jsonBlock('SPCE', { hashFunction: HASH_FUNCTION, space }));
    }
    await withShardFile(shard, (db) =>
      withTextsFile(directory, async (texts) => {
        let last = after ?? Buffer.alloc(0);
        for (;;) {
          signal.throwIfAborted();
          const rows = await this.#rowsAfter(db, last, space.dimensions);
          if (rows.length === 0) return;
          last = rows.at(-1)!.hash;
          const whole = rows.filter((row) => wholeVectorOf(space, row.hash, row) !== null);
          // The texts first: what follows a block of vectors is not needed to go on after it.
          if (withText) await this.#exportTexts(texts, whole);
          await this.#pack.write({ kind: 'VECS', payload: encodeVectors(whole) });
          this.embeddings += whole.length;
          this.damaged += rows.length - whole.length;
          this.#progress.add(rows.length);
          await delay(PAUSE_MS);
        }
      }),
    );
  }

  #rowsAfter(db: Database, hash: Buffer, dimensions: number): Promise<Row[]> {
    const limit = Math.max(1, Math.floor(BATCH_BYTES / (64 + 4 * dimensions)));
    return withConnection(db, (open) => open.prepare(SELECT).all(hash, limit) as Row[]);
  }

  async #exportTexts(db: Database, rows: readonly Row[]): Promise<void> {
    let texts = await withConnection(db, (open) => {
      const select = open.prepare('SELECT text FROM hashstring WHERE hash = ?').pluck();
      return rows.flatMap(({ hash }) => {
        const text = select.get(hash);
        const isWhole = typeof text === 'string' && textHashOf(text) === hashFromBytes(hash);
        return isWhole && Buffer.byteLength(text) < LARGEST_PAYLOAD / 2 ? [text] : [];
      });
    });
    while (texts.length > 0) {
      let bytes = 0;
      const fits = texts.findIndex((text) => (bytes += Buffer.byteLength(text)) > BATCH_BYTES);
      const some = texts.slice(0, fits === -1 ? texts.length : Math.max(1, fits));
      texts = texts.slice(some.length);
      await this.#pack.write({ kind: 'TEXT', payload: encodeTexts(some) });
      this.texts += some.length;
    }
  }
}

async function countAll(shards: readonly ShardFile[]): Promise<number> {
  let total = 0;
  for (const shard of shards) {
    total += (await withShardFile(shard, (db) =>
      withConnection(db, (open) => open.prepare('SELECT count(*) FROM lastUse').pluck().get()),
    )) as number;
  }
  return total;
}

/** A pack being written, private to this user. */
class PackFile {
  readonly from: ResumePoint;
  readonly #handle: FileHandle;
  #end: number;

  private constructor(handle: FileHandle, from: ResumePoint) {
    this.#handle = handle;
    this.from = from;
    this.#end = from.end;
  }

  static async open(partial: string, from: ResumePoint, head: PackHead): Promise<PackFile> {
    try {
      const handle = await open(partial, from.end === 0 ? 'w' : 'r+', 0o600);
      const pack = new PackFile(handle, from);
      await handle.truncate(from.end);
      if (from.end === 0) {
        await pack.#append(MAGIC);
        await pack.write(jsonBlock('HEAD', head));
      }
      return pack;
    } catch (error) {
      throw unwritable(partial, error);
    }
  }

  async write(block: Block): Promise<void> {
    await this.#append(encodeBlock(block));
  }

  async finish(): Promise<number> {
    await this.#handle.sync();
    return this.#end;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #append(bytes: Buffer): Promise<void> {
    try {
      await this.#handle.write(bytes, 0, bytes.length, this.#end);
    } catch (error) {
      throw unwritable('the pack', error);
    }
    this.#end += bytes.length;
  }
}

function unwritable(file: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new Failure('badFile', `${file} cannot be written${why}`, { cause });
}
