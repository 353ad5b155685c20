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
