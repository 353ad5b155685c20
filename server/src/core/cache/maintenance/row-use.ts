import { withConnection, type Database } from '../database.ts';
import { rowSlices } from './slices.ts';

/** Before the first cache was made: such a day comes from a clock that was wrong. */
const FIRST_DAY = 20_000;

/** What an index holds of a space, as of the day it was last brought up to date. */
export interface IndexUse {
  /** Days since 1970, UTC. */
  readonly day: number;
  /** 64 bytes each. */
  readonly hashes: readonly Buffer[];
}

/** When each embedding of a shard was last used, and which of them are to be removed: in arrays, because there may be millions. */
export class RowUse {
  readonly ids: Uint32Array;
  /** Days since 1970, UTC; of the row with the id at the same place. */
  readonly days: Uint16Array;
  readonly #removed: Uint8Array;
  #removedCount = 0;

  constructor(ids: Uint32Array, days: Uint16Array) {
    this.ids = ids;
    this.days = days;
    this.#removed = new Uint8Array(ids.length);
  }

  get count(): number {
    return this.ids.length;
  }

  get removedCount(): number {
    return this.#removedCount;
  }

  isRemoved(place: number): boolean {
    return this.#removed[place] === 1;
  }

  remove(place: number): void {
    if (this.#removed[place] === 1) return;
    this.#removed[place] = 1;
    this.#removedCount++;
  }

  /** Whether a row that was put later, or was not looked at, or is not to be removed, has this id. */
  survives(id: number): boolean {
    const place = placeOf(this.ids, id);
    return place === null || !this.isRemoved(place);
  }

  usedOn(id: number, day: number): void {
    const place = placeOf(this.ids, id);
    if (place !== null && this.days[place]! < day) this.days[place] = day;
  }

  /** Places of the rows to be removed, in the order of their ids. */
  *removedPlaces(): Generator<number> {
    for (let place = 0; place < this.count; place++) if (this.isRemoved(place)) yield place;
  }
}

/** Rows of a shard by id, each as of its last use: read, put, or held by an index in use. */
export async function readRowUse(
  db: Database,
  uses: AsyncIterable<IndexUse>,
  { today, signal }: { today: number; signal: AbortSignal },
): Promise<RowUse> {
  const ids: number[] = [];
  const days: number[] = [];
  type Row = { readonly id: number; readonly day: number };
  const select = 'SELECT id, day FROM lastUse WHERE id > ? ORDER BY id';
  for await (const rows of rowSlices<Row>(db, select, signal)) {
    for (const { id, day } of rows) {
      ids.push(id);
      days.push(day < FIRST_DAY || day > today ? today : day);
    }
  }
  const rows = new RowUse(Uint32Array.from(ids), Uint16Array.from(days));
  for await (const { day, hashes } of uses) {
    await withConnection(db, (connection) => {
      const find = connection.prepare('SELECT id FROM embedding WHERE hash = ?').pluck();
      for (const hash of hashes) {
        const id = find.get(hash) as number | undefined;
        if (id !== undefined) rows.usedOn(id, Math.min(day, today));
      }
    });
  }
  return rows;
}

function placeOf(ids: Uint32Array, id: number): number | null {
  let [low, high] = [0, ids.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle]!;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
