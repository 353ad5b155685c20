import { norm, type Vector } from '../vectors/vector.ts';

/**
 * Slots of a pack: one row of the database. Small enough that saving one file's chunks writes some
 * 30 KB (1024 slots would be 270 KB), large enough that 100,000 chunks load in some 20 ms.
 */
export const PACK_SLOTS = 128;

/** int8 codes of up to `PACK_SLOTS` chunk vectors. */
export interface Pack {
  readonly number: number;
  /** Chunk id per slot; 0 where the slot is free. */
  readonly chunkIds: Int32Array;
  /** Vector ≈ scale × codes, per slot. */
  readonly scales: Float32Array;
  /** Length of what rounding took away from the vector, per slot. */
  readonly errors: Float32Array;
  /** `PACK_SLOTS` × stride, laid out by `placeOf`. */
  readonly codes: Int8Array;
}

/** Codes a slot takes: the dimensions, filled up with zeros to the sixteen the scan takes at once. */
export function strideOf(dimensions: number): number {
  return Math.ceil(dimensions / 16) * 16;
}

/**
 * Where a slot's code for a dimension lies. Four slots lie side by side, sixteen codes of each in
 * turn: the scan then reads memory from front to back and takes each piece of the query for four.
 */
export function placeOf(slot: number, dimension: number, stride: number): number {
  const four = slot - (slot % 4);
  const sixteen = dimension - (dimension % 16);
  return four * stride + 4 * sixteen + (slot % 4) * 16 + (dimension % 16);
}

/** Codes of even dimensions are stored this much larger, as bytes 0…255: they widen by a mask. */
const EVEN_BIAS = 128;

/**
 * Writes a vector into a slot, each number rounded to the nearest of 255 steps. Returns the length of
 * what that took away.
 */
export function encodeInto(pack: Pack, slot: number, chunkId: number, vector: Vector): number {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  const scale = Math.fround(largest / 127);
  const stride = strideOf(vector.length);
  let lost = 0;
  for (let i = 0; i < vector.length; i++) {
    const code = scale === 0 ? 0 : clamp(Math.round(vector[i]! / scale), 127);
    pack.codes[placeOf(slot, i, stride)] = i % 2 === 0 ? code + EVEN_BIAS : code;
    lost += (vector[i]! - scale * code) ** 2;
  }
  pack.chunkIds[slot] = chunkId;
  pack.scales[slot] = scale;
  return (pack.errors[slot] = Math.sqrt(lost));
}

/** A query as the scan takes it: query ≈ scale × numbers. */
export interface PackedQuery {
  /** Of each sixteen dimensions the eight even ones, then the eight odd ones. */
  readonly numbers: Int16Array;
  readonly scale: number;
  /** What stored codes being larger at even dimensions adds to each sum. */
  readonly bias: number;
  /** Length of the query, and of what rounding took away from it. */
  readonly norm: number;
  readonly error: number;
}

/**
 * Finer than the codes, but never so fine that the sum over a slot leaves 32 bits: half its codes
 * are at most 255, half 127.
 */
export function packQuery(query: Vector): PackedQuery {
  const stride = strideOf(query.length);
  const finest = Math.min(32_767, Math.floor((2 ** 31 - 1) / (191 * stride)));
  let largest = 0;
  for (const x of query) largest = Math.max(largest, Math.abs(x));
  const scale = largest / finest;
  const numbers = new Int16Array(stride);
  let bias = 0;
  let lost = 0;
  for (let i = 0; i < query.length; i++) {
    const number = scale === 0 ? 0 : clamp(Math.round(query[i]! / scale), finest);
    const inSixteen = i % 16;
    numbers[i - inSixteen + (inSixteen % 2) * 8 + Math.floor(inSixteen / 2)] = number;
    if (i % 2 === 0) bias += EVEN_BIAS * number;
    lost += (query[i]! - scale * number) ** 2;
  }
  return { numbers, scale, bias, norm: norm(query), error: Math.sqrt(lost) };
}

/** A scale that is no normal number any more divides to something larger than the step. */
function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
