import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import type { EmbeddingSpace } from '../../keys/space.ts';
import { openNewest } from '../generation.ts';
import { currentFile, nameOfGeneration, newestFilesIn } from '../generations.ts';
import { hashstringMigrations } from '../migrations/hashstring-migrations.ts';
import { openMigrated } from '../migrations/migrate.ts';
import type { Migration } from '../migrations/migration.ts';
import { shardMigrations } from '../migrations/shard-migrations.ts';
import { shardNameOf, shardNamesIn } from '../shard-file.ts';
import { shardGenerations, type ShardPlace } from '../shard-generation.ts';
import { readSpace } from '../shard.ts';

/** Connections of our own, so that a long run and the cache's own work do not wait in one line. */
const OWN_CONNECTION = { pageSize: 8192 };

/** A space's current file. */
export interface ShardFile {
  /** Without its generation and its ending. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly space: EmbeddingSpace;
}

/** Files that are not finished shards are left out. */
export async function shardFilesIn(directory: string): Promise<ShardFile[]> {
  const found: ShardFile[] = [];
  for (const name of shardNamesIn(directory)) {
    const file = currentFile(directory, name);
    const space = await readSpace(file);
    if (space) found.push({ name, file, space });
  }
  return found;
}

export function textsFileIn(directory: string): string {
  return currentFile(directory, 'hashstring');
}

/**
 * Absolute paths of all databases of a cache, those of indexes and counters too, but no generation
 * that a newer one has replaced: it was kept because it is damaged.
 */
export function currentDatabasesIn(directory: string): string[] {
  const databases = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.db'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const newest = new Set(
    [...new Set(databases.map((file) => path.dirname(file)))].flatMap(newestFilesIn),
  );
  return databases.filter((file) => nameOfGeneration(file) === null || newest.has(file)).sort();
}

/** Bytes of a database with its write-ahead log. */
export function bytesOf(file: string): number {
  return sizeOf(file) + sizeOf(`${file}-wal`);
}

export function withShardFile<T>({ file }: ShardFile, use: (db: Knex) => Promise<T>): Promise<T> {
  return withMigrated(file, shardMigrations, use);
}

/**
 * The space's current file, made if there is none, recovered if it is damaged. To be destroyed by
 * the caller.
 */
export async function openSpaceFile(place: ShardPlace): Promise<Knex> {
  const newest = await openNewest(shardGenerations(place));
  await newest.leave();
  const file = currentFile(place.directory, shardNameOf(place.space));
  return openMigrated(file, shardMigrations, OWN_CONNECTION);
}

export function withTextsFile<T>(directory: string, use: (db: Knex) => Promise<T>): Promise<T> {
  return withMigrated(textsFileIn(directory), hashstringMigrations, use);
}

async function withMigrated<T>(
  file: string,
  migrations: readonly Migration[],
  use: (db: Knex) => Promise<T>,
): Promise<T> {
  const db = await openMigrated(file, migrations, OWN_CONNECTION);
  try {
    return await use(db);
  } finally {
    await db.destroy();
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
