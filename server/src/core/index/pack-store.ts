import type { Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { PACK_SLOTS, type Pack } from './pack.ts';

const SELECT = 'SELECT number, chunkIds, scales, codes FROM pack WHERE space = ? ORDER BY number';
const UPSERT = `INSERT INTO pack (space, number, chunkIds, scales, codes) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (space, number) DO UPDATE SET
    chunkIds = excluded.chunkIds, scales = excluded.scales, codes = excluded.codes`;

interface PackRow {
  number: number;
  chunkIds: Buffer;
  scales: Buffer;
  codes: Buffer;
}

/** Reads and writes packs of one space, a row each: 100,000 chunks load in some 20 ms. */
export class PackStore {
  readonly #space: string;
  readonly #dimensions: number;
  readonly #prepared = new Prepared();

  constructor(spaceId: string, dimensions: number) {
    this.#space = spaceId;
    this.#dimensions = dimensions;
  }

  /** A row of another shape is left out: its chunks are packed again from the cache. */
  load(connection: Connection): Pack[] {
    const rows = this.#prepared.on(connection, SELECT).all(this.#space) as PackRow[];
    return rows
      .filter((row) => row.codes.length === PACK_SLOTS * this.#dimensions)
      .filter((row) => row.chunkIds.length === PACK_SLOTS * Int32Array.BYTES_PER_ELEMENT)
      .filter((row) => row.scales.length === PACK_SLOTS * Float32Array.BYTES_PER_ELEMENT)
      .map((row) => ({
        number: row.number,
        chunkIds: new Int32Array(copyOf(row.chunkIds)),
        scales: new Float32Array(copyOf(row.scales)),
        codes: new Int8Array(copyOf(row.codes)),
      }));
  }

  save(connection: Connection, packs: readonly Pack[]): void {
    const upsert = this.#prepared.on(connection, UPSERT);
    for (const { number, chunkIds, scales, codes } of packs) {
      upsert.run(this.#space, number, bytesOf(chunkIds), bytesOf(scales), bytesOf(codes));
    }
  }
}

/** Aligned, and not a view into memory that SQLite's reader may share. */
function copyOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

function bytesOf(array: Int32Array | Float32Array | Int8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
