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

const INDEX_LEAF = 0x0a;

type Damage = readonly [kind: string, edit: (bytes: Buffer, pageSize: number) => Buffer];

/** What may happen to a SQLite file as a whole. */
export const DAMAGES: readonly Damage[] = [
  ['the header', (bytes) => bytes.fill('x', 0, 100)],
  ['the page of the schema', (bytes, page) => bytes.fill(0, 100, page)],
  ['the roots', (bytes, page) => bytes.fill(0x5a, page, 6 * page)],
  ['the end, cut off', (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.7) + 100)],
  ['everything', (bytes) => bytes.fill(0x0d)],
];

/**
 * Changes the last byte of the first index that fits one page: opening the file and reading its tables
 * meet nothing, a check of its structure does.
 */
export function damageIndex(file: string): void {
  const [pageSize, roots] = inFile(file, (raw) => {
    raw.pragma('wal_checkpoint(TRUNCATE)');
    const select = raw.prepare("SELECT rootpage FROM sqlite_master WHERE type = 'index'").pluck();
    return [raw.pragma('page_size', { simple: true }) as number, select.all() as number[]];
  });
  const bytes = readFileSync(file);
  const root = roots.find((page) => {
    const start = (page - 1) * pageSize;
    return bytes[start] === INDEX_LEAF && bytes.readUInt16BE(start + 3) > 0;
  });
  if (root === undefined) throw new Error(`${file} has no small index`);
  bytes[root * pageSize - 1]! ^= 0x40;
  writeFileSync(file, bytes);
}

/** Scribbles over the roots and inner pages of a file that is open: nothing is found from them. */
export function scribbleOver(file: string, pageSize: number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, pageSize, 6 * pageSize));
}
