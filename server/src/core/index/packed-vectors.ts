import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Vector } from '../vectors/vector.ts';
import { BestFew } from './best-few.ts';
import type { Scored } from './index-reader.ts';
import { createPackCodes, PACKS_PER_CALL, type PackCodes } from './pack-codes.ts';
import { encodeInto, PACK_SLOTS, type Pack, packQuery, strideOf } from './pack.ts';

/** A chunk found by its codes. */
export interface Approximate extends Scored {
  /** The exact score is at most this far from `score`. */
  readonly error: number;
}

/** The event loop is free again after each such stretch of scanning. */
const STRETCH_MS = 4;
/** float32 arithmetic over some thousand numbers of a unit vector. */
const FLOAT_ERROR = 1e-6;

/** A pack whose codes lie in `PackCodes`, at the position it has among the packs. */
type PackHead = Omit<Pack, 'codes'>;

/** The vectors of one folder in one space, in memory, scanned flat. */
export class PackedVectors {
  readonly #codes: PackCodes;
  readonly #packs: PackHead[] = [];
  readonly #changed = new Set<number>();
  /** Slots by chunk id and those that are free, counted through all packs; made when asked for. */
  #slots: { readonly of: Map<number, number>; readonly free: number[] } | null = null;

  /** Slots of chunks that do not live any more are freed. */
  constructor(
    dimensions: number,
    packs: readonly Pack[],
    isLiving: (chunkId: number) => boolean,
    codes: PackCodes = createPackCodes(strideOf(dimensions)),
  ) {
    this.#codes = codes;
    codes.grow(packs.length);
    for (const [position, { codes: stored, ...head }] of packs.entries()) {
      codes.at(position).set(stored);
      for (let slot = 0; slot < PACK_SLOTS; slot++) {
        if (!isLiving(head.chunkIds[slot]!)) head.chunkIds[slot] = 0;
      }
      this.#packs.push(head);
    }
  }

  get size(): number {
    return this.#slotsNow().of.size;
  }

  has(chunkId: number): boolean {
    return this.#slotsNow().of.has(chunkId);
  }

  set(chunkId: number, vector: Vector): void {
    const slot = this.#slotsNow().of.get(chunkId) ?? this.#takeFree();
    const position = Math.floor(slot / PACK_SLOTS);
    encodeInto(this.#packAt(position), slot % PACK_SLOTS, chunkId, vector);
    this.#slotsNow().of.set(chunkId, slot);
    this.#changed.add(position);
  }

  /** Frees the slot. Not written until the pack changes otherwise: ids are never used again. */
  delete(chunkId: number): void {
    const { of, free } = this.#slotsNow();
    const slot = of.get(chunkId);
    if (slot === undefined) return;
    this.#packs[Math.floor(slot / PACK_SLOTS)]!.chunkIds[slot % PACK_SLOTS] = 0;
    of.delete(chunkId);
    free.push(slot);
  }

  /** Packs changed since the last call, to be written at once: later changes show in them. */
  takeChanged(): Pack[] {
    const changed = [...this.#changed].map((position) => this.#packAt(position));
    this.#changed.clear();
    return changed;
  }

  /** Nearest accepted chunks by inner product of their codes, best first. */
  async nearest(
    query: Vector,
    limit: number,
    accepts: (chunkId: number) => boolean,
  ): Promise<Approximate[]> {
    const packed = packQuery(query);
    const best = new BestFew<Approximate>(limit);
    let stretchStart = performance.now();
    for (let first = 0; first < this.#packs.length; first += PACKS_PER_CALL) {
      if (performance.now() - stretchStart > STRETCH_MS) {
        await nextTurn();
        stretchStart = performance.now();
      }
      const packs = Math.min(PACKS_PER_CALL, this.#packs.length - first);
      const sums = this.#codes.multiply(first, packs, packed.numbers);
      for (let p = 0; p < packs; p++) {
        const { chunkIds, scales, errors } = this.#packs[first + p]!;
        for (let slot = 0; slot < PACK_SLOTS; slot++) {
          const scale = scales[slot]!;
          const score = sums[p * PACK_SLOTS + slot]! * packed.scale * scale;
          if (score <= best.worst) continue;
          const id = chunkIds[slot]!;
          if (id === 0 || !accepts(id)) continue;
          const error = packed.norm * errors[slot]! + packed.error * lengthOf(scale, query.length);
          best.add({ id, score, error: error + FLOAT_ERROR });
        }
      }
    }
    return best.sorted();
  }

  #packAt(position: number): Pack {
    return { ...this.#packs[position]!, codes: this.#codes.at(position) };
  }

  #takeFree(): number {
    const { free } = this.#slotsNow();
    if (free.length === 0) {
      const position = this.#packs.length;
      this.#codes.grow(1);
      this.#packs.push({
        number: (this.#packs.at(-1)?.number ?? -1) + 1,
        chunkIds: new Int32Array(PACK_SLOTS),
        scales: new Float32Array(PACK_SLOTS),
        errors: new Float32Array(PACK_SLOTS),
      });
      for (let slot = PACK_SLOTS - 1; slot >= 0; slot--) free.push(position * PACK_SLOTS + slot);
    }
    return free.pop()!;
  }

  #slotsNow() {
    if (this.#slots) return this.#slots;
    const of = new Map<number, number>();
    const free: number[] = [];
    for (const [position, { chunkIds }] of this.#packs.entries()) {
      for (let slot = 0; slot < PACK_SLOTS; slot++) {
        const id = chunkIds[slot]!;
        if (id === 0) free.push(position * PACK_SLOTS + slot);
        else of.set(id, position * PACK_SLOTS + slot);
      }
    }
    return (this.#slots = { of, free: free.reverse() });
  }
}

/** At most, for a slot of this scale. */
function lengthOf(scale: number, dimensions: number): number {
  return 127 * scale * Math.sqrt(dimensions);
}
