import { PACK_SLOTS, placeOf } from './pack.ts';
import { bundledScanKernel, type ScanKernel } from './scan-kernel.ts';

/** Most packs multiplied in one call. */
export const PACKS_PER_CALL = 16;

const PAGE_BYTES = 65_536;

/** Where the codes of packs lie, one pack after another, and how a query is multiplied with them. */
export interface PackCodes {
  /** Makes room for more packs, with all codes zero. */
  grow(packs: number): void;
  /** Codes of the pack at a position. Not valid any more after `grow`. */
  at(position: number): Int8Array;
  /**
   * Inner product, in whole numbers and with the bias of the query, of its numbers with each slot of
   * up to `PACKS_PER_CALL` packs from a position on. Valid until the next call.
   */
  multiply(position: number, packs: number, query: Int16Array): Int32Array;
}

/** Codes as the fastest loop at hand takes them. */
export function createPackCodes(stride: number): PackCodes {
  const kernel = bundledScanKernel();
  return kernel === null ? new PlainPackCodes(stride) : new WasmPackCodes(stride, kernel);
}

/** The loop in TypeScript: where there is no kernel, and what the kernel is tested against. */
export class PlainPackCodes implements PackCodes {
  readonly #stride: number;
  readonly #packs: Int8Array[] = [];
  readonly #sums = new Int32Array(PACKS_PER_CALL * PACK_SLOTS);

  constructor(stride: number) {
    this.#stride = stride;
  }

  grow(packs: number): void {
    for (let i = 0; i < packs; i++) this.#packs.push(new Int8Array(PACK_SLOTS * this.#stride));
  }

  at(position: number): Int8Array {
    return this.#packs[position]!;
  }

  multiply(position: number, packs: number, query: Int16Array): Int32Array {
    for (let p = 0; p < packs; p++) {
      for (let slot = 0; slot < PACK_SLOTS; slot++) {
        this.#sums[p * PACK_SLOTS + slot] = this.#product(this.#packs[position + p]!, slot, query);
      }
    }
    return this.#sums.subarray(0, packs * PACK_SLOTS);
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

/** In one WebAssembly memory: the sums of a call, the query, then the packs. */
export class WasmPackCodes implements PackCodes {
  readonly #stride: number;
  readonly #packBytes: number;
  readonly #queryAt = PACKS_PER_CALL * PACK_SLOTS * Int32Array.BYTES_PER_ELEMENT;
  readonly #packsAt: number;
  readonly #memory: WebAssembly.Memory;
  readonly #scan: ReturnType<ScanKernel>;
  #packs = 0;

  constructor(stride: number, kernel: ScanKernel) {
    this.#stride = stride;
    this.#packBytes = PACK_SLOTS * stride;
    this.#packsAt = this.#queryAt + stride * Int16Array.BYTES_PER_ELEMENT;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#packsAt / PAGE_BYTES) });
    this.#scan = kernel(this.#memory);
  }

  grow(packs: number): void {
    this.#packs += packs;
    const end = this.#packsAt + this.#packs * this.#packBytes;
    const missing = Math.ceil((end - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
  }

  at(position: number): Int8Array {
    return new Int8Array(this.#memory.buffer, this.#addressOf(position), this.#packBytes);
  }

  multiply(position: number, packs: number, query: Int16Array): Int32Array {
    // Written each time, because two searches may take turns.
    new Int16Array(this.#memory.buffer, this.#queryAt, this.#stride).set(query);
    const slots = packs * PACK_SLOTS;
    this.#scan(this.#addressOf(position), slots, this.#stride, this.#queryAt, 0);
    return new Int32Array(this.#memory.buffer, 0, slots);
  }

  #addressOf(position: number): number {
    return this.#packsAt + position * this.#packBytes;
  }
}
