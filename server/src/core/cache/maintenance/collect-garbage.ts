import type { Knex } from 'knex';
import { spaceIdOf, type EmbeddingSpace } from '../../keys/space.ts';
import { withConnection } from '../database.ts';
import { Prepared } from '../prepared.ts';
import {
  bytesOf,
  shardFilesIn,
  textsFileIn,
  withShardFile,
  withTextsFile,
  type ShardFile,
} from './cache-files.ts';
import { LogKeeper } from './log-keeper.ts';
import { findOrphanTexts, removeOrphanTexts, type OrphanTexts } from './orphan-texts.ts';
import { ProgressCount, type MaintenanceRun } from './progress.ts';
import { removeAll, removeLeastRecent, removeUnusedSince } from './removal.ts';
import { readRowUse, type IndexUse, type RowUse } from './row-use.ts';
import { EMBEDDING_TABLE, giveRoomBack, TEXT_TABLE, usedBytes } from './shrink.ts';
import { readInSlices, writeInSlices } from './slices.ts';
import type { StructureOptions } from './structure.ts';

/** What is garbage. Texts that no embedding needs are, always. */
export interface GarbageRules {
  /** Embeddings that were not used for so many days. */
  readonly olderThanDays?: number;
  /** The least recently used ones, until vectors and texts fill no more than this. */
  readonly maxBytes?: number;
  /** All embeddings, of the chosen spaces. */
  readonly everything?: boolean;
  /** Ids of the spaces the rules are about; every space where none is named. */
  readonly spaceIds?: readonly string[];
}

export interface GarbageOptions extends MaintenanceRun {
  /** Absolute path. */
  readonly directory: string;
  readonly rules: GarbageRules;
  /** Says what would be removed, and removes nothing. */
  readonly dryRun: boolean;
  /** Days since 1970, UTC. */
  readonly today: number;
  /** Absolute path of the script of `structure-worker.ts`. */
  readonly structureWorker: string;
  /** What indexes hold of a space: that counts as used when the index was brought up to date. */
  readonly indexUses: (space: EmbeddingSpace) => AsyncIterable<IndexUse>;
}

export interface SpaceGarbage {
  readonly space: EmbeddingSpace;
  readonly embeddings: number;
  readonly removed: number;
  /** What the removed ones were billed as; at least, where that is not known of all. */
  readonly removedTokens: number;
}

export interface GarbageReport {
  readonly dryRun: boolean;
  readonly embeddings: { readonly total: number; readonly removed: number };
  readonly texts: { readonly total: number; readonly removed: number };
  /** Of vectors and texts on disk; `after` is an estimate in a dry run. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly spaces: readonly SpaceGarbage[];
  readonly seconds: number;
}

const TOKENS = 'SELECT tokens FROM embedding WHERE id = ?';
const REMOVE = 'DELETE FROM embedding WHERE id = @id';
const REMOVE_UNUSED = `${REMOVE} AND (SELECT day FROM lastUse WHERE id = @id) <= @day`;

interface TokensRow {
  readonly tokens: number | null;
}

interface OpenShard extends ShardFile {
  readonly db: Knex;
  readonly log: LogKeeper;
  readonly rows: RowUse;
  readonly bytes: number;
}

interface Plan {
  readonly shards: readonly OpenShard[];
  readonly texts: Knex;
  readonly textLog: LogKeeper;
  readonly textBytes: number;
  readonly orphans: OrphanTexts;
}

/**
 * Removes what the rules name, and gives its room back. In short transactions: others use the cache
 * meanwhile, a cancelled or killed run has removed a part of it and nothing else. A dry run with the
 * same rules gives the same figures.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const startedAt = performance.now();
  const { directory, dryRun } = options;
  const files = await shardFilesIn(directory);
  const allFiles = [...files.map(({ file }) => file), textsFileIn(directory)];
  const bytesNow = () => allFiles.reduce((sum, file) => sum + bytesOf(file), 0);
  const before = bytesNow();
  return withTextsFile(directory, (texts) =>
    withShards(files, options, async (shards) => {
      const plan = await planRemoval(shards, texts, options);
      const planned = await Promise.all(shards.map((shard) => garbageOf(shard, options.signal)));
      const removed = dryRun ? null : await carryOut(plan, options);
      // What was used since it was looked at has stayed.
      const spaces = planned.map((garbage, i) => ({
        ...garbage,
        removed: removed?.embeddings[i] ?? garbage.removed,
      }));
      return {
        dryRun,
        spaces,
        embeddings: {
          total: spaces.reduce((sum, { embeddings }) => sum + embeddings, 0),
          removed: spaces.reduce((sum, { removed }) => sum + removed, 0),
        },
        texts: { total: plan.orphans.texts, removed: removed?.texts ?? plan.orphans.ids.length },
        bytes: { before, after: dryRun ? Math.min(before, bytesAfter(plan)) : bytesNow() },
        seconds: (performance.now() - startedAt) / 1000,
      };
    }),
  );
}

/** Every shard stays open until the end: a text may be needed by any of them. */
async function withShards<T>(
  files: readonly ShardFile[],
  options: GarbageOptions,
  use: (shards: OpenShard[]) => Promise<T>,
): Promise<T> {
  const open = async (left: readonly ShardFile[], shards: OpenShard[]): Promise<T> => {
    const [file, ...rest] = left;
    if (!file) return use(shards);
    return withShardFile(file, async (db) => {
      const log = await LogKeeper.of(db, file.file, threadOf(options));
      const rows = await readRowUse(db, options.indexUses(file.space), options);
      return open(rest, [...shards, { ...file, db, log, rows, bytes: await usedBytes(db) }]);
    });
  };
  return open(files, []);
}

function threadOf({ structureWorker, signal }: GarbageOptions): StructureOptions {
  return { workerFile: structureWorker, signal };
}

async function planRemoval(
  shards: readonly OpenShard[],
  texts: Knex,
  options: GarbageOptions,
): Promise<Plan> {
  const { rules, today, signal } = options;
  const { spaceIds, olderThanDays, maxBytes, everything } = rules;
  const chosen = shards.filter(({ space }) => spaceIds?.includes(spaceIdOf(space)) ?? true);
  for (const { rows } of chosen) {
    if (everything) removeAll(rows);
    if (olderThanDays !== undefined) removeUnusedSince(rows, today - olderThanDays);
  }
  const textLog = await LogKeeper.of(texts, textsFileIn(options.directory), threadOf(options));
  const textBytes = await usedBytes(texts);
  const embeddings = shards.reduce((sum, { rows }) => sum + rows.count, 0);
  for (;;) {
    const orphans = await findOrphanTexts(texts, shards, signal);
    const plan = { shards, texts, textLog, textBytes, orphans };
    const excess = maxBytes === undefined ? 0 : bytesAfter(plan) - maxBytes;
    const isAllRemoved = chosen.every(({ rows }) => rows.removedCount === rows.count);
    if (excess <= 0 || isAllRemoved) return plan;
    await removeLeastRecent(
      chosen.map(({ rows, bytes }) => ({
        rows,
        bytesPerRow: bytes / Math.max(1, rows.count) + textBytes / Math.max(1, embeddings),
      })),
      excess,
    );
  }
}

/** What vectors and texts fill when the plan is carried out, about. */
function bytesAfter({ shards, textBytes, orphans }: Plan): number {
  const vectors = shards.reduce((sum, shard) => sum + fullBytesOf(shard), 0);
  return vectors + fullTextBytes(textBytes, orphans);
}

/**
 * Hashes are spread evenly over their index, so removed ones leave its pages partly empty; pages of
 * rows are filled up again.
 */
const INDEX_BYTES_PER_ROW = 105;

function fullBytesOf({ rows, bytes }: OpenShard): number {
  const index = Math.min(bytes / 2, rows.count * INDEX_BYTES_PER_ROW);
  return rows.count === 0 ? bytes : index + (bytes - index) * (1 - rows.removedCount / rows.count);
}

function fullTextBytes(filled: number, { texts, textBytes, bytes }: OrphanTexts): number {
  const index = Math.min(filled / 2, texts * INDEX_BYTES_PER_ROW);
  return textBytes === 0 ? filled : index + (filled - index) * (1 - bytes / textBytes);
}

async function garbageOf(
  { db, space, rows }: OpenShard,
  signal: AbortSignal,
): Promise<SpaceGarbage> {
  const prepared = new Prepared();
  let removedTokens = 0;
  await readInSlices(
    db,
    [...rows.removedPlaces()],
    (connection, place) => {
      const row = prepared.on(connection, TOKENS).get(rows.ids[place]) as TokensRow | undefined;
      removedTokens += row?.tokens ?? 0;
    },
    { signal },
  );
  return { space, embeddings: rows.count, removed: rows.removedCount, removedTokens };
}

interface Removed {
  /** By shard, in the plan's order. */
  readonly embeddings: readonly number[];
  readonly texts: number;
}

async function carryOut(plan: Plan, options: GarbageOptions): Promise<Removed> {
  const { shards, texts, textLog, textBytes, orphans } = plan;
  const { signal } = options;
  const planned = shards.reduce((sum, { rows }) => sum + rows.removedCount, 0);
  const progress = new ProgressCount(options, planned + orphans.ids.length);
  const sliceOf = (log: LogKeeper) => async (done: number) => {
    progress.add(done);
    await log.shorten();
  };
  if (options.rules.everything === true) {
    // Pages that stay in use must not keep the bytes of what was in them.
    for (const db of [texts, ...shards.map((shard) => shard.db)]) {
      await withConnection(db, (connection) => connection.pragma('secure_delete = ON'));
    }
  }
  const embeddings: number[] = [];
  for (const { db, log, rows } of shards) {
    // All of a space is all of it, also what was used since it was looked at.
    const remove = options.rules.everything === true ? REMOVE : REMOVE_UNUSED;
    const prepared = new Prepared();
    let removed = 0;
    await writeInSlices(
      db,
      [...rows.removedPlaces()],
      (connection, place) => {
        const row = { id: rows.ids[place]!, day: rows.days[place]! };
        removed += prepared.on(connection, remove).run(row).changes;
      },
      { signal, onSlice: sliceOf(log) },
    );
    embeddings.push(removed);
  }
  const textSlices = { signal, onSlice: sliceOf(textLog) };
  const removedTexts = await removeOrphanTexts(texts, shards, orphans.ids, textSlices);
  for (const shard of shards) {
    const { db, log } = shard;
    await giveRoomBack(db, EMBEDDING_TABLE, { fullBytes: fullBytesOf(shard), log, signal });
  }
  const fullBytes = fullTextBytes(textBytes, orphans);
  await giveRoomBack(texts, TEXT_TABLE, { fullBytes, log: textLog, signal });
  return { embeddings, texts: removedTexts };
}
