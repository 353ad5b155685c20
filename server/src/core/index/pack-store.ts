import type { Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { PACK_SLOTS, type Pack, strideOf } from './pack.ts';

const SELECT =
  'SELECT number, chunkIds, scales, errors, codes FROM pack WHERE space = ? ORDER BY number';
const UPSERT = `INSERT INTO pack (space, number, chunkIds, scales, errors, codes)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (space, number) DO UPDATE SET
    chunkIds = excluded.chunkIds, scales = excluded.scales, errors = excluded.errors,
    codes = excluded.codes`;

interface PackRow {
  number: number;
  chunkIds: Buffer;
  scales: Buffer;
  errors: Buffer;
  codes: Buffer;
}

/** Reads and writes packs of one space, a row each: 100,000 chunks load in some 20 ms. */
export class PackStore {
  readonly #space: string;
  readonly #codeBytes: number;
  readonly #prepared = new Prepared();

  constructor(spaceId: string, dimensions: number) {
    this.#space = spaceId;
    this.#codeBytes = PACK_SLOTS * strideOf(dimensions);
  }

  /**
   * One after the other, so that only one is in memory twice; to be taken at once. A row of another
   * shape is left out: its chunks are packed again from the cache.
   */
  *load(connection: Connection): Generator<Pack, void, undefined> {
    const rows = this.#prepared.on(connection, SELECT).iterate(this.#space);
    for (const row of rows as Iterable<PackRow>) {
      if (!this.#isWhole(row)) continue;
      yield {
        number: row.number,
        chunkIds: new Int32Array(copyOf(row.chunkIds)),
        scales: new Float32Array(copyOf(row.scales)),
        errors: new Float32Array(copyOf(row.errors)),
        codes: new Int8Array(row.codes.buffer, row.codes.byteOffset, row.codes.length),
      };
    }
  }

  #isWhole({ chunkIds, scales, errors, codes }: PackRow): boolean {
    return (
      codes.length === this.#codeBytes &&
      [chunkIds, scales, errors].every(({ length }) => length === PACK_SLOTS * 4)
    );
  }

  save(connection: Connection, packs: readonly Pack[]): void {
    const upsert = this.#prepared.on(connection, UPSERT);
    for (const { number, chunkIds, scales, errors, codes } of packs) {
      const bytes = [chunkIds, scales, errors, codes].map(bytesOf);
      upsert.run(this.#space, number, ...bytes);
    }
  }
}

/** Aligned: a Buffer's offset need not be a multiple of 4. */
function copyOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

function bytesOf(array: Int32Array | Float32Array | Int8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
