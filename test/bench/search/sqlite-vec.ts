import Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { toBlob } from '../../../server/src/core/vectors/blob.ts';
import type { Vector } from '../../../server/src/core/vectors/vector.ts';

/** The ten nearest by sqlite-vec's own full scan, in memory; null where it has no build. */
export function sqliteVecSearch(
  dimensions: number,
  count: number,
  vectorOf: (chunk: number) => Vector,
): ((query: Vector) => void) | null {
  const db = new Database(':memory:');
  try {
    sqliteVec.load(db);
  } catch {
    // No prebuilt library for this platform: the baseline is left out.
    return null;
  }
  db.exec(`CREATE VIRTUAL TABLE vec USING vec0(vector float[${dimensions}])`);
  const insert = db.prepare('INSERT INTO vec (rowid, vector) VALUES (?, ?)');
  db.transaction(() => {
    for (let i = 0; i < count; i++) insert.run(BigInt(i + 1), toBlob(vectorOf(i), 'float32'));
  })();
  const nearest = db.prepare('SELECT rowid FROM vec WHERE vector MATCH ? AND k = 10');
  return (query) => void nearest.all(toBlob(query, 'float32'));
}
