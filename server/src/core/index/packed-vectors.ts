import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Vector } from '../vectors/vector.ts';
import type { Scored } from './index-reader.ts';
import { dotSlot, emptyPack, encodeInto, PACK_SLOTS, type Pack } from './pack.ts';

interface Slot {
  readonly pack: Pack;
  readonly slot: number;
}

/** About 4 million multiplications, 5 ms: the event loop is free again after each stretch. */
const NUMBERS_PER_STRETCH = 4_000_000;

/** The vectors of one folder in one space, in memory, scanned flat. */
export class PackedVectors {
  readonly #dimensions: number;
  readonly #packs: Pack[] = [];
  readonly #slotOf = new Map<number, Slot>();
  readonly #free: Slot[] = [];
  readonly #changed = new Set<Pack>();

  /** Slots of chunks that are not in `living` are free: their chunks are gone. */
  constructor(dimensions: number, packs: readonly Pack[], living: ReadonlySet<number>) {
    this.#dimensions = dimensions;
    for (const pack of packs) this.#addPack(pack, living);
  }

  get size(): number {
    return this.#slotOf.size;
  }

  has(chunkId: number): boolean {
    return this.#slotOf.has(chunkId);
  }

  set(chunkId: number, vector: Vector): void {
    const slot = this.#slotOf.get(chunkId) ?? this.#takeFree();
    encodeInto(slot.pack, slot.slot, chunkId, vector);
    this.#slotOf.set(chunkId, slot);
    this.#changed.add(slot.pack);
  }

  /** Frees the slot. Not written until the pack changes otherwise: ids are never used again. */
  delete(chunkId: number): void {
    const slot = this.#slotOf.get(chunkId);
    if (!slot) return;
    slot.pack.chunkIds[slot.slot] = 0;
    this.#slotOf.delete(chunkId);
    this.#free.push(slot);
  }

  /** Packs changed since the last call, to be written. */
  takeChanged(): Pack[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Nearest accepted chunks by inner product, best first. */
  async nearest(
    query: Vector,
    limit: number,
    accepts: (chunkId: number) => boolean,
  ): Promise<Scored[]> {
    const best = new BestFew(limit);
    const packsPerStretch = Math.max(
      1,
      Math.floor(NUMBERS_PER_STRETCH / (PACK_SLOTS * this.#dimensions)),
    );
    for (const [i, pack] of this.#packs.entries()) {
      if (i > 0 && i % packsPerStretch === 0) await nextTurn();
      for (let slot = 0; slot < PACK_SLOTS; slot++) {
        const id = pack.chunkIds[slot]!;
        if (id === 0) continue;
        const score = dotSlot(pack, slot, query);
        if (score > best.worst && accepts(id)) best.add({ id, score });
      }
    }
    return best.sorted();
  }

  #addPack(pack: Pack, living: ReadonlySet<number>): void {
    this.#packs.push(pack);
    for (let slot = 0; slot < PACK_SLOTS; slot++) {
      const id = pack.chunkIds[slot]!;
      if (id !== 0 && living.has(id)) {
        this.#slotOf.set(id, { pack, slot });
      } else {
        pack.chunkIds[slot] = 0;
        this.#free.push({ pack, slot });
      }
    }
  }

  #takeFree(): Slot {
    if (this.#free.length === 0) {
      const number = (this.#packs.at(-1)?.number ?? -1) + 1;
      this.#addPack(emptyPack(number, this.#dimensions), new Set());
      this.#free.reverse();
    }
    return this.#free.pop()!;
  }
}

/** Keeps the highest scores seen, in a small sorted array. */
class BestFew {
  readonly #limit: number;
  readonly #items: Scored[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get worst(): number {
    return this.#items.length < this.#limit ? -Infinity : this.#items.at(-1)!.score;
  }

  add(item: Scored): void {
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1]!.score < item.score) at--;
    this.#items.splice(at, 0, item);
    if (this.#items.length > this.#limit) this.#items.pop();
  }

  sorted(): Scored[] {
    return this.#items;
  }
}
