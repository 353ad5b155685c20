import type { Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { PACK_SLOTS, type Pack, strideOf } from './pack.ts';

const SELECT = `SELECT number, chunkIds, scales, errors, codes FROM pack
  WHERE space = ? AND number > ? ORDER BY number LIMIT ?`;
/** Some megabytes, read in some 3 ms. */
const PACKS_A_STEP = 64;
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
   * All packs, a few a step, each to be taken in a transaction. A row of another shape is left out:
   * its chunks are packed again from the cache.
   */
  *load(connection: Connection): Generator<readonly Pack[], void, undefined> {
    for (let last = -1; ;) {
      const select = this.#prepared.on(connection, SELECT);
      const rows = select.all(this.#space, last, PACKS_A_STEP) as PackRow[];
      yield rows.filter((row) => this.#isWhole(row)).map(packOf);
      if (rows.length < PACKS_A_STEP) return;
      last = rows.at(-1)!.number;
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

function packOf({ number, chunkIds, scales, errors, codes }: PackRow): Pack {
  return {
    number,
    chunkIds: new Int32Array(copyOf(chunkIds)),
    scales: new Float32Array(copyOf(scales)),
    errors: new Float32Array(copyOf(errors)),
    codes: new Int8Array(codes.buffer, codes.byteOffset, codes.length),
  };
}

/** Aligned: a Buffer's offset need not be a multiple of 4. */
function copyOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

function bytesOf(array: Int32Array | Float32Array | Int8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
