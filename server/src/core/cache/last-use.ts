import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from './database.ts';
import { withConnection, writeOn } from './database.ts';
import { Prepared } from './prepared.ts';

const FLUSH_AFTER_MS = 10_000;
/** Ids written in one go: about 5 ms. */
const BATCH = 2000;
/** One bit each: 32 MB. A damaged file may hold any id. */
const HIGHEST_ID = 2 ** 28;

const STALE = 'SELECT 1 FROM lastUse WHERE id = ? AND day < ?';
const UPDATE = 'UPDATE lastUse SET day = ? WHERE id = ?';

/** Days since 1970, UTC. */
export function dayNumberOf(time: number): number {
  return Math.floor(time / 86_400_000);
}

/**
 * Remembers which rows of a shard were read, to the day. A read sets one bit in memory; what is new
 * to the day is written in the background. A note may be lost with the process: a row put or read
 * in its last ten seconds then counts as used when it was used before.
 */
export class LastUse {
  readonly #db: Database;
  readonly #prepared = new Prepared();
  #bits = new Uint8Array(1024);
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(db: Database) {
    this.#db = db;
  }

  note(id: number): void {
    if (id >= HIGHEST_ID) return;
    const byte = id >>> 3;
    if (byte >= this.#bits.length) this.#grow(byte);
    this.#bits[byte]! |= 1 << (id & 7);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Never rejects: a day that could not be written is noted again, or lost with the process. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #write(): Promise<void> {
    const ids = idsOf(this.#bits);
    if (ids.length === 0) return;
    this.#bits = new Uint8Array(this.#bits.length);
    const day = dayNumberOf(Date.now());
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      try {
        await withConnection(this.#db, (connection) => {
          const isStale = this.#prepared.on(connection, STALE);
          const stale = batch.filter((id) => isStale.get(id, day) !== undefined);
          if (stale.length === 0) return;
          const update = this.#prepared.on(connection, UPDATE);
          writeOn(connection, () => {
            for (const id of stale) update.run(day, id);
          });
        });
      } catch {
        // Another process is writing, or the disk is full: these rows stay noted for the next time.
        for (const id of batch) this.note(id);
      }
      await nextTurn();
    }
  }

  #grow(byte: number): void {
    const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
    larger.set(this.#bits);
    this.#bits = larger;
  }
}

function idsOf(bits: Uint8Array): number[] {
  const ids: number[] = [];
  bits.forEach((byte, i) => {
    for (let bit = 0; byte >>> bit !== 0; bit++) {
      if (((byte >>> bit) & 1) === 1) ids.push(i * 8 + bit);
    }
  });
  return ids;
}
