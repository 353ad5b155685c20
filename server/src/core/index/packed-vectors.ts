import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Vector } from '../vectors/vector.ts';
import { BestFew, type Nearest } from './best-few.ts';
import { BLOCK_PACKS, createPackCodes, type PackCodes, SLOTS_AT_ONCE } from './pack-codes.ts';
import {
  encodeInto,
  PACK_SLOTS,
  type Pack,
  type PackedQuery,
  packQuery,
  strideOf,
} from './pack.ts';
import { Slots } from './slots.ts';

/** The event loop is free again after each such stretch of scanning. */
const STRETCH_MS = 4;
/** Packs that stand for all where only a mean is wanted. */
const SAMPLED_PACKS = 16;
/** float32 arithmetic over some thousand numbers of a unit vector. */
const FLOAT_ERROR = 1e-6;

/** The vectors of one folder in one space, in memory, scanned flat. */
export class PackedVectors {
  readonly #codes: PackCodes;
  readonly #slots = new Slots();
  /** Number of the pack at each position. */
  readonly #numbers: number[] = [];
  readonly #changed = new Set<number>();
  /** By rounding, of any vector that was ever here. */
  #mostLost = 0;
  /** Slots by chunk id, and those that are free; made when first asked for. */
  #places: { readonly of: Map<number, number>; readonly free: number[] } | null = null;

  constructor(dimensions: number, codes: PackCodes = createPackCodes(strideOf(dimensions))) {
    this.#codes = codes;
  }

  /** Takes packs as they were stored. Slots of chunks that do not live any more are freed. */
  addPacks(packs: Iterable<Pack>, isLiving: (chunkId: number) => boolean): void {
    for (const pack of packs) {
      const here = this.#addPack(pack.number);
      here.codes.set(pack.codes);
      here.scales.set(pack.scales);
      here.errors.set(pack.errors);
      for (let slot = 0; slot < PACK_SLOTS; slot++) {
        const id = pack.chunkIds[slot]!;
        if (id !== 0 && isLiving(id)) here.chunkIds[slot] = id;
        this.#mostLost = Math.max(this.#mostLost, pack.errors[slot]!);
      }
    }
    this.#places = null;
  }

  get size(): number {
    return this.#placesNow().of.size;
  }

  has(chunkId: number): boolean {
    return this.#placesNow().of.has(chunkId);
  }

  set(chunkId: number, vector: Vector): void {
    const slot = this.#placesNow().of.get(chunkId) ?? this.#takeFree();
    const position = Math.floor(slot / PACK_SLOTS);
    const lost = encodeInto(this.#packAt(position), slot % PACK_SLOTS, chunkId, vector);
    this.#mostLost = Math.max(this.#mostLost, lost);
    this.#placesNow().of.set(chunkId, slot);
    this.#changed.add(position);
  }

  /** Frees the slot. Not written until the pack changes otherwise: ids are never used again. */
  delete(chunkId: number): void {
    const { of, free } = this.#placesNow();
    const slot = of.get(chunkId);
    if (slot === undefined) return;
    this.#slots.chunkIds[slot] = 0;
    of.delete(chunkId);
    free.push(slot);
  }

  /** Packs changed since the last call, to be written at once: later changes show in them. */
  takeChanged(): Pack[] {
    const changed = [...this.#changed].map((position) => this.#packAt(position));
    this.#changed.clear();
    return changed;
  }

  /** Nearest accepted chunks by inner product of their codes; null accepts all. */
  async nearest(
    query: Vector,
    limit: number,
    accepts: ((chunkId: number) => boolean) | null,
  ): Promise<Nearest> {
    const packed = packQuery(query);
    const best = new BestFew(limit);
    let stretchStart = performance.now();
    for (let first = 0; first < this.#numbers.length; first += BLOCK_PACKS) {
      if (performance.now() - stretchStart > STRETCH_MS) {
        await nextTurn();
        stretchStart = performance.now();
      }
      this.#scan(first, packed, best, accepts);
    }
    const found = best.sorted();
    return { found, others: best.worst + errorOf(packed, this.#mostLost) };
  }

  /** Mean inner product with the vectors, judged from packs evenly apart. */
  typicalScore(query: Vector): number {
    const packed = packQuery(query);
    const { chunkIds } = this.#slots;
    const step = Math.max(1, Math.floor(this.#numbers.length / SAMPLED_PACKS));
    let sum = 0;
    let count = 0;
    for (let position = 0; position < this.#numbers.length; position += step) {
      const { scores } = this.#codes.score(position, 1, packed, Infinity);
      for (const [i, score] of scores.entries()) {
        if (chunkIds[position * PACK_SLOTS + i] === 0) continue;
        sum += score * packed.scale;
        count++;
      }
    }
    return count === 0 ? 0 : sum / count;
  }

  /** A block. A function of its own, because asynchronous ones run slower. */
  #scan(
    first: number,
    query: PackedQuery,
    best: BestFew,
    accepts: ((chunkId: number) => boolean) | null,
  ): void {
    const packs = Math.min(BLOCK_PACKS, this.#numbers.length - first);
    const { scores, fours } = this.#codes.score(first, packs, query, best.worst / query.scale);
    const { chunkIds, errors } = this.#slots;
    const start = first * PACK_SLOTS;
    for (const four of fours) {
      for (let i = four; i < four + SLOTS_AT_ONCE; i++) {
        const score = scores[i]! * query.scale;
        // Written so that it drops NaN, too, which a damaged pack may give.
        if (!(score > best.worst)) continue;
        const id = chunkIds[start + i]!;
        if (id === 0 || accepts?.(id) === false) continue;
        best.add(id, score, errorOf(query, errors[start + i]!));
      }
    }
  }

  #addPack(number: number): Pack {
    this.#codes.grow(1);
    this.#slots.grow(1);
    this.#numbers.push(number);
    return this.#packAt(this.#numbers.length - 1);
  }

  #packAt(position: number): Pack {
    return {
      number: this.#numbers[position]!,
      ...this.#slots.of(position),
      ...this.#codes.at(position),
    };
  }

  #takeFree(): number {
    const { free } = this.#placesNow();
    if (free.length === 0) {
      const start = this.#slots.count;
      this.#addPack((this.#numbers.at(-1) ?? -1) + 1);
      for (let slot = PACK_SLOTS - 1; slot >= 0; slot--) free.push(start + slot);
    }
    return free.pop()!;
  }

  #placesNow() {
    if (this.#places) return this.#places;
    const of = new Map<number, number>();
    const free: number[] = [];
    for (let slot = this.#slots.count - 1; slot >= 0; slot--) {
      const id = this.#slots.chunkIds[slot]!;
      if (id === 0) free.push(slot);
      else of.set(id, slot);
    }
    return (this.#places = { of, free });
  }
}

/** How far the score of a slot may be off. */
function errorOf(query: PackedQuery, lost: number): number {
  // What the codes stand for is a unit vector but for what they lost.
  return query.norm * lost + query.error * (1 + lost) + FLOAT_ERROR;
}
