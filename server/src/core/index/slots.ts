import { PACK_SLOTS } from './pack.ts';

/**
 * What a scan asks of few slots, through all packs.
 */
export class Slots {
  /** As in `Pack`. */
  chunkIds = new Int32Array(0);
  errors = new Float32Array(0);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds free slots at the end; by doubling, so that growing stays cheap. */
  grow(packs: number): void {
    this.#count += packs * PACK_SLOTS;
    if (this.#count <= this.chunkIds.length) return;
    const capacity = Math.max(this.#count, 2 * this.chunkIds.length);
    this.chunkIds = enlarged(this.chunkIds, new Int32Array(capacity));
    this.errors = enlarged(this.errors, new Float32Array(capacity));
  }

  /** The part of one pack; shares memory until the next `grow`. */
  of(position: number) {
    const [start, end] = [position * PACK_SLOTS, (position + 1) * PACK_SLOTS];
    return {
      chunkIds: this.chunkIds.subarray(start, end),
      errors: this.errors.subarray(start, end),
    };
  }
}

function enlarged<T extends Int32Array | Float32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
