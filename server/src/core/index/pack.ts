import type { Vector } from '../vectors/vector.ts';

/** Slots of a pack: one row of the database, one contiguous run of memory. */
export const PACK_SLOTS = 1024;

/** int8 codes of up to 1024 chunk vectors. */
export interface Pack {
  readonly number: number;
  /** Chunk id per slot; 0 where the slot is free. */
  readonly chunkIds: Int32Array;
  /** Vector ≈ scale × codes, per slot. */
  readonly scales: Float32Array;
  /** Slot-major, `PACK_SLOTS` × dimensions. */
  readonly codes: Int8Array;
}

export function emptyPack(number: number, dimensions: number): Pack {
  return {
    number,
    chunkIds: new Int32Array(PACK_SLOTS),
    scales: new Float32Array(PACK_SLOTS),
    codes: new Int8Array(PACK_SLOTS * dimensions),
  };
}

/** Writes a vector into a slot, each number rounded to the nearest of 255 steps. */
export function encodeInto(pack: Pack, slot: number, chunkId: number, vector: Vector): void {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  const scale = largest / 127;
  pack.chunkIds[slot] = chunkId;
  pack.scales[slot] = scale;
  const start = slot * vector.length;
  for (let i = 0; i < vector.length; i++) {
    pack.codes[start + i] = scale === 0 ? 0 : Math.round(vector[i]! / scale);
  }
}

/** Inner product of a query and the vector in a slot. */
export function dotSlot(pack: Pack, slot: number, query: Vector): number {
  const { codes } = pack;
  const start = slot * query.length;
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i]! * codes[start + i]!;
  return sum * pack.scales[slot]!;
}
