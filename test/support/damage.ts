import { readFileSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';

/** Statements on a file behind the product's back. */
export function inFile<T>(file: string, use: (raw: BetterSqlite3.Database) => T): T {
  const raw = new BetterSqlite3(file);
  try {
    return use(raw);
  } finally {
    raw.close();
  }
}

/** Flips one bit of the vectors of these rows, as a bad disk does: no index or page notices. */
export function flipBits(file: string, ids: readonly number[]): void {
  inFile(file, (raw) => {
    const select = raw.prepare('SELECT vector FROM embedding WHERE id = ?').pluck();
    const update = raw.prepare('UPDATE embedding SET vector = ? WHERE id = ?');
    for (const id of ids) {
      const vector = select.get(id) as Buffer;
      vector[3]! ^= 4;
      update.run(vector, id);
    }
  });
}

type Damage = readonly [kind: string, edit: (bytes: Buffer, pageSize: number) => Buffer];

/** What may happen to a SQLite file as a whole. */
export const DAMAGES: readonly Damage[] = [
  ['the header', (bytes) => bytes.fill('x', 0, 100)],
  ['the page of the schema', (bytes, page) => bytes.fill(0, 100, page)],
  ['the roots', (bytes, page) => bytes.fill(0x5a, page, 6 * page)],
  ['the end, cut off', (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.7) + 100)],
  ['everything', (bytes) => bytes.fill(0x0d)],
];

/** Scribbles over the roots and inner pages of a file that is open: nothing is found from them. */
export function scribbleOver(file: string, pageSize: number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, pageSize, 6 * pageSize));
}
