import { retryWhileBusy } from '../cache/busy-retry.ts';
import { newestFilesIn } from '../cache/generations.ts';
import { openDatabase, withConnection, writeOn } from '../cache/database.ts';
import { EMPTY_INDEX } from './workspace-index.ts';

const EMPTY_BLOBS = 'DELETE FROM blobChunks';

/**
 * Empties all workspace indexes of a directory, and what is known of git's blobs. The files stay:
 * other processes may have them open, and find them empty.
 */
export async function emptyIndexesIn(directory: string): Promise<void> {
  for (const file of newestFilesIn(directory)) {
    const db = await openDatabase(file, {});
    try {
      const isIndex = await db.schema.hasTable('chunk');
      const isBlobs = await db.schema.hasTable('blobChunks');
      const sql = isIndex ? EMPTY_INDEX : isBlobs ? EMPTY_BLOBS : null;
      if (sql === null) continue;
      await retryWhileBusy(() =>
        withConnection(db, (connection) => writeOn(connection, () => connection.exec(sql))),
      );
      await retryWhileBusy(() => withConnection(db, (connection) => connection.exec('VACUUM')));
    } finally {
      await db.destroy();
    }
  }
}
