import { PACK_SLOTS, type PackedQuery, placeOf } from './pack.ts';
import { bundledScanKernel, type ScanKernel } from './scan-kernel.ts';

/** Packs scored in one call. They lie together: all their codes, then all their scales. */
export const BLOCK_PACKS = 16;
/** Slots that the scan takes side by side. */
export const SLOTS_AT_ONCE = 4;

const BLOCK_SLOTS = BLOCK_PACKS * PACK_SLOTS;
const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
const NUMBER_BYTES = 4;

/** What a call of `score` finds. Valid until the next call. */
export interface Scores {
  /** Inner product of each slot with the query, in units of the query's scale. */
  readonly scores: Float32Array;
  /** First slots of the fours that have a score above the bar, rising. */
  readonly fours: Int32Array;
}

/** Where codes and scales of packs lie, and how a query is scored with them. */
export interface PackCodes {
  /** Makes room for more packs, with all codes and scales zero. */
  grow(packs: number): void;
  /** Of the pack at a position. Not valid any more after `grow`. */
  at(position: number): { readonly codes: Int8Array; readonly scales: Float32Array };
  /** Scores packs of one block, from a position on; `bar` in units of the query's scale. */
  score(position: number, packs: number, query: PackedQuery, bar: number): Scores;
}

/** Codes as the fastest loop at hand takes them. */
export function createPackCodes(stride: number): PackCodes {
  const kernel = bundledScanKernel();
  return kernel === null ? new PlainPackCodes(stride) : new WasmPackCodes(stride, kernel);
}

/** The loop in TypeScript: where there is no kernel, and what the kernel is tested against. */
export class PlainPackCodes implements PackCodes {
  readonly #stride: number;
  readonly #packs: { codes: Int8Array; scales: Float32Array }[] = [];
  readonly #scores = new Float32Array(BLOCK_SLOTS);
  readonly #fours = new Int32Array(BLOCK_SLOTS / SLOTS_AT_ONCE);

  constructor(stride: number) {
    this.#stride = stride;
  }

  grow(packs: number): void {
    for (let i = 0; i < packs; i++) {
      const codes = new Int8Array(PACK_SLOTS * this.#stride);
      this.#packs.push({ codes, scales: new Float32Array(PACK_SLOTS) });
    }
  }

  at(position: number) {
    return this.#packs[position]!;
  }

  score(position: number, packs: number, query: PackedQuery, bar: number): Scores {
    const slots = packs * PACK_SLOTS;
    let found = 0;
    for (let first = 0; first < slots; first += SLOTS_AT_ONCE) {
      const { codes, scales } = this.#packs[position + Math.floor(first / PACK_SLOTS)]!;
      let isAbove = false;
      for (let i = first; i < first + SLOTS_AT_ONCE; i++) {
        const slot = i % PACK_SLOTS;
        // Rounded as the kernel does, whose numbers are float32.
        const product = Math.fround(this.#product(codes, slot, query.numbers) - query.bias);
        this.#scores[i] = product * scales[slot]!;
        isAbove ||= this.#scores[i]! > Math.fround(bar);
      }
      if (isAbove) this.#fours[found++] = first;
    }
    return { scores: this.#scores.subarray(0, slots), fours: this.#fours.subarray(0, found) };
  }

  #product(codes: Int8Array, slot: number, query: Int16Array): number {
    let sum = 0;
    for (let sixteen = 0; sixteen < this.#stride; sixteen += 16) {
      const start = placeOf(slot, sixteen, this.#stride);
      for (let i = 0; i < 8; i++) {
        const even = codes[start + 2 * i]! & 0xff;
        const odd = codes[start + 2 * i + 1]!;
        sum += query[sixteen + i]! * even + query[sixteen + 8 + i]! * odd;
      }
    }
    return sum;
  }
}

/** In one WebAssembly memory: what a call finds, the query, then block after block. */
export class WasmPackCodes implements PackCodes {
  readonly #stride: number;
  readonly #foursAt = BLOCK_SLOTS * NUMBER_BYTES;
  readonly #queryAt = this.#foursAt + (BLOCK_SLOTS / SLOTS_AT_ONCE) * NUMBER_BYTES;
  readonly #blocksAt: number;
  readonly #memory: WebAssembly.Memory;
  readonly #scan: ReturnType<ScanKernel>;
  #packs = 0;

  constructor(stride: number, kernel: ScanKernel) {
    this.#stride = stride;
    this.#blocksAt = this.#queryAt + stride * Int16Array.BYTES_PER_ELEMENT;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#blocksAt / PAGE_BYTES) });
    this.#scan = kernel(this.#memory);
  }

  grow(packs: number): void {
    this.#packs += packs;
    const end = this.#codesAt(Math.ceil(this.#packs / BLOCK_PACKS) * BLOCK_PACKS);
    const pages = this.#memory.buffer.byteLength / PAGE_BYTES;
    const missing = Math.ceil(end / PAGE_BYTES) - pages;
    if (missing <= 0) return;
    // More than is needed now, for growing takes time; what is never written takes no memory.
    const spare = Math.min(Math.floor(pages / 4), MOST_PAGES - pages);
    this.#memory.grow(Math.max(missing, spare));
  }

  at(position: number) {
    const { buffer } = this.#memory;
    return {
      codes: new Int8Array(buffer, this.#codesAt(position), PACK_SLOTS * this.#stride),
      scales: new Float32Array(buffer, this.#scalesAt(position), PACK_SLOTS),
    };
  }

  score(position: number, packs: number, query: PackedQuery, bar: number): Scores {
    const { buffer } = this.#memory;
    // Written each time, because two searches may take turns.
    new Int16Array(buffer, this.#queryAt, this.#stride).set(query.numbers);
    const found = this.#scan(
      this.#codesAt(position),
      packs * PACK_SLOTS,
      this.#stride,
      this.#scalesAt(position),
      this.#queryAt,
      query.bias,
      bar,
      0,
      this.#foursAt,
    );
    return {
      scores: new Float32Array(buffer, 0, packs * PACK_SLOTS),
      fours: new Int32Array(buffer, this.#foursAt, found),
    };
  }

  #codesAt(position: number): number {
    const inBlock = position % BLOCK_PACKS;
    const block = (position - inBlock) / BLOCK_PACKS;
    const blockBytes = BLOCK_SLOTS * (this.#stride + NUMBER_BYTES);
    return this.#blocksAt + block * blockBytes + inBlock * PACK_SLOTS * this.#stride;
  }

  #scalesAt(position: number): number {
    const inBlock = position % BLOCK_PACKS;
    const codesEnd = this.#codesAt(position - inBlock) + BLOCK_SLOTS * this.#stride;
    return codesEnd + inBlock * PACK_SLOTS * NUMBER_BYTES;
  }
}
