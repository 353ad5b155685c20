import type { Knex } from 'knex';
import { openDatabase } from '../cache/database.ts';
import { newestFilesIn } from '../cache/generations.ts';
import { dayNumberOf } from '../cache/last-use.ts';
import { rowSlices } from '../cache/maintenance/slices.ts';
import type { IndexUse } from '../cache/maintenance/row-use.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';

/**
 * What the workspace indexes of a directory hold of a space. Bringing an unchanged folder up to
 * date reads no vector, and yet uses all of them.
 */
export async function* indexUsesIn(
  directory: string,
  space: EmbeddingSpace,
  signal: AbortSignal,
): AsyncGenerator<IndexUse> {
  for (const file of newestFilesIn(directory)) {
    const db = await openDatabase(file, { pageSize: 8192 });
    try {
      const day = await indexedOn(db, space);
      if (day === null) continue;
      type Chunk = { readonly id: number; readonly hash: Buffer };
      const select = 'SELECT id, hash FROM chunk WHERE id > ? ORDER BY id';
      for await (const chunks of rowSlices<Chunk>(db, select, signal)) {
        yield { day, hashes: chunks.map(({ hash }) => hash) };
      }
    } finally {
      await db.destroy();
    }
  }
}

/** Null for a folder that was never indexed to the end in this space. */
async function indexedOn(db: Knex, space: EmbeddingSpace): Promise<number | null> {
  if (!(await db.schema.hasTable('about'))) return null;
  const { AboutRow } = await import('./models/about-row.ts');
  const row = await AboutRow.bindKnex(db)
    .query()
    .findById(`indexedAt ${spaceIdOf(space)}`);
  const time = row ? Date.parse(row.value) : NaN;
  return Number.isNaN(time) ? null : dayNumberOf(time);
}
