import { hashToBytes, type TextHash } from '../keys/text-hash.ts';
import { openDatabase, withConnection } from './database.ts';

/** How many of these texts a shard's file holds. Counts as no use of them. */
export async function countPresent(file: string, hashes: readonly TextHash[]): Promise<number> {
  const db = await openDatabase(file, { pageSize: 8192 });
  try {
    return await withConnection(db, (connection) => {
      const find = connection.prepare('SELECT 1 FROM embedding WHERE hash = ?').pluck();
      return hashes.filter((hash) => find.get(hashToBytes(hash)) === 1).length;
    });
  } finally {
    await db.destroy();
  }
}
