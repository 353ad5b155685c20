import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { Failure } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { textHashOf } from '../../keys/text-hash.ts';
import { fromBlob, toBlob } from '../../vectors/blob.ts';
import { hasDirection, toUnit } from '../../vectors/vector.ts';
import { databaseFailure } from '../database-failure.ts';
import { openDatabase, withConnection } from '../database.ts';
import type { OnProblem } from '../steady-database.ts';
import type { TextStore } from '../text-store.ts';
import { openSpaceFile } from './cache-files.ts';
import { mergeVectors } from './merge-vectors.ts';
import type { ImportedSpace, ImportReport } from './pack/import-pack.ts';
import { ProgressCount, type MaintenanceRun } from './progress.ts';
import { rowSlices } from './slices.ts';
import { MakerCheck, notMadeBy, type VectorMaker } from './vector-maker.ts';

/** The model whose vectors are imported, as the provider here names it. */
export type PythonModel = Omit<EmbeddingSpace, 'dimensions'>;

export interface PythonImportOptions extends MaintenanceRun {
  /** Absolute path of the cache directory. */
  readonly directory: string;
  readonly texts: TextStore;
  /** Told when what is there already turns out to be damaged. */
  readonly onProblem: OnProblem;
  /** Absolute path of the directory that the Python package `embeddingcache` made. */
  readonly from: string;
  readonly model: PythonModel;
  /** The model itself, where it can be run: only vectors that it would make are taken, as its own. */
  readonly maker?: VectorMaker;
}

const TEXTS_FILE = 'hashstring.sqlite';
const TEXTS = 'SELECT rowid AS id, text FROM hashstring WHERE rowid > ? ORDER BY rowid';
const VECTORS =
  'SELECT rowid AS id, hashid, embedding FROM embedding WHERE rowid > ? ORDER BY rowid';

interface PythonVector {
  readonly id: number;
  readonly hashid: unknown;
  readonly embedding: unknown;
}

export function isPythonCache(directory: string): boolean {
  return existsSync(path.join(directory, TEXTS_FILE)) || modelFilesIn(directory).length > 0;
}

/** `embedding-all-minilm-l6-v2.sqlite`, … */
export function modelFilesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^embedding-.*\.sqlite$/.test(name));
}

/** As the package names the file of a model: lower case, everything but letters and digits a dash. */
export function modelFileOf(model: string): string {
  const slug = `embedding_${model}`
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${slug}.sqlite`;
}

/**
 * Merges one model's vectors, and all texts, of a Python cache. Vectors are float32 bytes under the
 * SHA-512 of their text, as here; their length says the dimensions. Throws Failure `badFile`.
 */
export async function importPythonCache(options: PythonImportOptions): Promise<ImportReport> {
  const startedAt = performance.now();
  const { from, model } = options;
  const file = path.join(from, modelFileOf(model.model));
  if (!existsSync(file)) {
    const there = modelFilesIn(from).join(', ') || 'none';
    throw new Failure('badFile', `${from} has no ${path.basename(file)}; it has: ${there}`);
  }
  const textsFile = path.join(from, TEXTS_FILE);
  const progress = new ProgressCount(options, sizeOf(file) + sizeOf(textsFile));
  const imported = options.maker
    ? await withForeign(textsFile, (texts) => importVectors(file, options, progress, texts))
    : await importVectors(file, options, progress, null);
  const texts = existsSync(textsFile) ? await importTexts(textsFile, options, progress) : 0;
  const seconds = (performance.now() - startedAt) / 1000;
  return { spaces: [imported], texts, complete: true, seconds };
}

/** Checked against the maker, where there is one, with the texts they are of. */
function importVectors(
  file: string,
  { directory, model, maker, onProblem, signal }: PythonImportOptions,
  progress: ProgressCount,
  texts: Knex | null,
): Promise<ImportedSpace> {
  return withForeign(file, async (vectors) => {
    const dimensions = await dimensionsOf(vectors, file);
    const space = maker?.space ?? { ...model, dimensions };
    if (space.dimensions !== dimensions) throw notMadeBy(space.model);
    const check = maker && texts ? new MakerCheck(maker, texts) : null;
    const counts = { added: 0, present: 0, refused: 0, leftOut: 0 };
    const shard = await openSpaceFile({ directory, space, onProblem });
    try {
      for await (const rows of rowSlices<PythonVector>(vectors, VECTORS, signal)) {
        const read = rows.map((row) => vectorOf(row, space));
        const good = read.filter((row) => row !== null);
        const own = check ? await check.own(good) : good;
        const merged = await mergeVectors(shard, space, own, signal);
        counts.added += merged.added;
        counts.present += merged.present;
        counts.refused += merged.refused + rows.length - good.length;
        counts.leftOut += good.length - own.length;
        progress.add(rows.length * (64 + 4 * dimensions));
      }
    } finally {
      await shard.destroy();
    }
    const { leftOut, ...merged } = counts;
    return { space, ...merged, ...(check ? { leftOut } : {}) };
  });
}

/** Under the hash we make of them: some versions of the package stored wrong ones. */
function importTexts(
  file: string,
  { texts, signal }: PythonImportOptions,
  progress: ProgressCount,
): Promise<number> {
  return withForeign(file, async (db) => {
    let count = 0;
    for await (const rows of rowSlices<{ id: number; text: unknown }>(db, TEXTS, signal)) {
      const found = rows.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
      await texts.putMany(new Map(found.map((text) => [textHashOf(text), text])));
      count += found.length;
      progress.add(found.reduce((sum, text) => sum + text.length + 128, 0));
    }
    return count;
  });
}

async function dimensionsOf(db: Knex, file: string): Promise<number> {
  const bytes = await withConnection(db, (open) =>
    open.prepare('SELECT length(embedding) FROM embedding LIMIT 1').pluck().get(),
  );
  if (typeof bytes !== 'number' || bytes === 0 || bytes % 4 !== 0) {
    throw new Failure('badFile', `${file} holds no float32 vectors`);
  }
  return bytes / 4;
}

/** Null for what is not a hash with a vector of this space. */
function vectorOf(
  { hashid, embedding }: PythonVector,
  { element, normalised, dimensions }: EmbeddingSpace,
) {
  if (!Buffer.isBuffer(hashid) || hashid.length !== 64) return null;
  if (!Buffer.isBuffer(embedding) || embedding.length !== 4 * dimensions) return null;
  const vector = fromBlob(embedding, 'float32');
  if (!hasDirection(vector)) return null;
  const stored = normalised ? toUnit(vector) : vector;
  return { hash: hashid, tokens: null, vector: toBlob(stored, element) };
}

/** Another program's file: read, and never written. */
async function withForeign<T>(file: string, use: (db: Knex) => Promise<T>): Promise<T> {
  const db = await openDatabase(file, { readOnly: true }).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    return await use(db);
  } catch (error) {
    // What our own files fail with is a Failure already.
    throw error instanceof Failure ? error : unreadable(file, error);
  } finally {
    await db.destroy();
  }
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure('badFile', databaseFailure(`reading ${file}`, error).message);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
