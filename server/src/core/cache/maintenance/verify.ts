import path from 'node:path';
import { canonicalSpace, spaceIdOf, type EmbeddingSpace } from '../../keys/space.ts';
import { HASH_FUNCTION } from '../../keys/text-hash.ts';
import type { Recovery } from '../../errors.ts';
import { databaseFailure } from '../database-failure.ts';
import type { Database } from '../database.ts';
import { currentFile } from '../generations.ts';
import { shardNamesIn } from '../shard-file.ts';
import { readSpace } from '../shard.ts';
import {
  bytesOf,
  currentDatabasesIn,
  textsFileIn,
  withShardFile,
  withTextsFile,
} from './cache-files.ts';
import { ProgressCount, type MaintenanceRun } from './progress.ts';
import { renewalOf, type Renewals } from './renew-file.ts';
import { structureFaultsOf } from './structure.ts';
import { embeddingRows, TEXT_ROWS, verifyRows, type VerifyRowsOptions } from './verify-rows.ts';

export interface VerifiedFile {
  /** Relative to the cache directory. */
  readonly file: string;
  readonly holds: 'embeddings' | 'texts' | 'other';
  /** Null for files without one, and for a file whose space cannot be read. */
  readonly space: EmbeddingSpace | null;
  readonly rows: number;
  readonly damagedRows: number;
  /** Of the damaged rows: they are embedded again when they are needed. */
  readonly removedRows: number;
  /** What is wrong with the file as a whole, a line each. */
  readonly faults: readonly string[];
  /** What was brought into a new file; the damaged one is kept. Of an index 0 of 0: it is made again. */
  readonly recovery: Recovery | null;
  /** Whether the file has faults that a repair gets rid of, and has not yet. */
  readonly isRenewable: boolean;
}

export interface VerifyReport {
  readonly checked: {
    readonly files: number;
    readonly embeddings: number;
    readonly texts: number;
    readonly bytes: number;
  };
  readonly found: { readonly damagedRows: number; readonly damagedFiles: number };
  readonly repaired: { readonly removedRows: number; readonly renewedFiles: number };
  readonly files: readonly VerifiedFile[];
  readonly seconds: number;
}

export interface VerifyOptions extends MaintenanceRun {
  /** Absolute path. */
  readonly directory: string;
  /**
   * Removes damaged rows, and brings what can be read of a damaged file into a new one. Never removes
   * a file.
   */
  readonly repair: boolean;
  /** Of the files that are no shards: see `renewalOf`. */
  readonly renewals: Renewals;
  /** Absolute path of the script of `structure-worker.ts`. */
  readonly structureWorker: string;
}

/**
 * Checks every file of a cache and every row: checksum, length and numbers of each vector, each
 * text against its hash, each file's structure, each shard's identity. Others may use the cache
 * meanwhile.
 */
export async function verifyCache(options: VerifyOptions): Promise<VerifyReport> {
  const startedAt = performance.now();
  const databases = currentDatabasesIn(options.directory);
  const bytes = databases.reduce((sum, file) => sum + bytesOf(file), 0);
  // Each file is read twice: for its structure, and for its rows.
  const progress = new ProgressCount(options, 2 * bytes);
  const files: VerifiedFile[] = [];
  for (const file of databases) files.push(await verifyFile(file, options, progress));

  const sum = (of: (file: VerifiedFile) => number) => files.reduce((n, file) => n + of(file), 0);
  return {
    checked: {
      files: files.length,
      embeddings: sum(({ holds, rows }) => (holds === 'embeddings' ? rows : 0)),
      texts: sum(({ holds, rows }) => (holds === 'texts' ? rows : 0)),
      bytes,
    },
    found: {
      damagedRows: sum(({ damagedRows }) => damagedRows),
      damagedFiles: sum(({ faults }) => (faults.length > 0 ? 1 : 0)),
    },
    repaired: {
      removedRows: sum(({ removedRows }) => removedRows),
      renewedFiles: sum(({ recovery }) => (recovery === null ? 0 : 1)),
    },
    files,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

async function verifyFile(
  file: string,
  options: VerifyOptions,
  progress: ProgressCount,
): Promise<VerifiedFile> {
  const { directory, repair, signal, structureWorker, renewals } = options;
  const bytes = bytesOf(file);
  const faults = await structureFaultsOf(file, { workerFile: structureWorker, signal });
  progress.add(bytes);
  let left = bytes;
  const onBytes = (read: number): void => {
    progress.add(Math.min(left, read));
    left = Math.max(0, left - read);
  };
  const nothing = { ...NOTHING, file: path.relative(directory, file) };
  const name = shardNamesIn(directory).find((shard) => currentFile(directory, shard) === file);
  const verified =
    name !== undefined
      ? await verifyShard(file, name, nothing, { repair, signal, onBytes })
      : file === textsFileIn(directory)
        ? await verifyTexts(directory, nothing, { repair, signal, onBytes })
        : nothing;
  progress.add(left);
  const renew =
    faults.length === 0 ? null : renewalOf(file, { directory, space: verified.space, renewals });
  const recovery = repair && renew ? await renew() : null;
  return {
    ...verified,
    faults: [...faults, ...verified.faults],
    recovery,
    isRenewable: renew !== null && recovery === null,
  };
}

function verifyShard(
  file: string,
  name: string,
  nothing: VerifiedFile,
  options: VerifyRowsOptions,
): Promise<VerifiedFile> {
  return asFarAsReadable({ ...nothing, holds: 'embeddings' }, async (so) => {
    const space = await readSpace(file);
    if (!space) return { ...so, faults: ['no space is recorded in it'] };
    return withShardFile({ name, file, space }, async (db) => ({
      ...so,
      space,
      ...(await verifyRows(db, embeddingRows(space), options)),
      faults: await identityFaults(db, name, space),
    }));
  });
}

function verifyTexts(
  directory: string,
  nothing: VerifiedFile,
  options: VerifyRowsOptions,
): Promise<VerifiedFile> {
  return asFarAsReadable({ ...nothing, holds: 'texts' }, (so) =>
    withTextsFile(directory, async (db) => ({
      ...so,
      ...(await verifyRows(db, TEXT_ROWS, options)),
    })),
  );
}

/** The identity decides whose vectors these are; it must be the one that the file is named after. */
async function identityFaults(db: Database, name: string, space: EmbeddingSpace) {
  const { SpaceRow } = await import('../models/space-row.ts');
  const row = await SpaceRow.bindKnex(db).query().findById(1);
  const faults: string[] = [];
  if (row?.identity !== canonicalSpace(space) || !name.endsWith(`-${spaceIdOf(space)}`)) {
    faults.push('the space recorded in it is not the one it is named after');
  }
  if (row?.hashFunction !== HASH_FUNCTION) faults.push('its keys are of another hash function');
  return faults;
}

/** What cannot be read to its end is a fault of the file, not of the run. */
async function asFarAsReadable(
  so: VerifiedFile,
  verify: (so: VerifiedFile) => Promise<VerifiedFile>,
): Promise<VerifiedFile> {
  try {
    return await verify(so);
  } catch (error) {
    const { kind, message } = databaseFailure('reading it', error);
    if (kind !== 'damagedCache' && kind !== 'cacheUnusable') throw error;
    return { ...so, faults: [message] };
  }
}

const NOTHING: VerifiedFile = {
  file: '',
  holds: 'other',
  space: null,
  rows: 0,
  damagedRows: 0,
  removedRows: 0,
  faults: [],
  recovery: null,
  isRenewable: false,
};
