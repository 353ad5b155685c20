import type { Scored } from './index-reader.ts';

/** A chunk found by its codes. */
export interface Approximate extends Scored {
  /** The exact score is at most this far from `score`. */
  readonly error: number;
}

export interface Nearest {
  /** Best first. */
  readonly found: readonly Approximate[];
  /** No chunk that was left out can score more than this. */
  readonly others: number;
}

/** Room for chunks beyond the limit, before the best are parted from the others. */
const SPARE = 512;

/**
 * Keeps the chunks with the highest scores. A scan adds thousands: they are put down as they come,
 * and parted now and then, which costs a third of keeping them in order.
 */
export class BestFew {
  readonly #limit: number;
  readonly #ids: Int32Array;
  readonly #scores: Float64Array;
  readonly #errors: Float64Array;
  #count = 0;
  #worst = -Infinity;

  constructor(limit: number) {
    this.#limit = limit;
    this.#ids = new Int32Array(limit + SPARE);
    this.#scores = new Float64Array(limit + SPARE);
    this.#errors = new Float64Array(limit + SPARE);
  }

  /** A score not above this one is not kept. */
  get worst(): number {
    return this.#worst;
  }

  add(id: number, score: number, error: number): void {
    this.#ids[this.#count] = id;
    this.#scores[this.#count] = score;
    this.#errors[this.#count] = error;
    if (++this.#count === this.#scores.length) this.#part();
  }

  /** Best first. From here on `worst` is the last one's score, where any was left out. */
  sorted(): Approximate[] {
    if (this.#count > this.#limit) this.#part();
    return Array.from({ length: this.#count }, (_, i) => ({
      id: this.#ids[i]!,
      score: this.#scores[i]!,
      error: this.#errors[i]!,
    })).sort((a, b) => b.score - a.score || a.id - b.id);
  }

  /** Leaves the best: halves are swapped around a score until one ends at the limit (quickselect). */
  #part(): void {
    const scores = this.#scores;
    const last = this.#limit - 1;
    let [from, to] = [0, this.#count - 1];
    while (from < to) {
      const middle = scores[(from + to) >>> 1]!;
      let [left, right] = [from, to];
      while (left <= right) {
        while (scores[left]! > middle) left++;
        while (scores[right]! < middle) right--;
        if (left <= right) this.#swap(left++, right--);
      }
      if (last <= right) to = right;
      else if (last >= left) from = left;
      else break;
    }
    this.#count = this.#limit;
    this.#worst = scores[last]!;
  }

  #swap(a: number, b: number): void {
    for (const kept of [this.#ids, this.#scores, this.#errors]) {
      const other = kept[a]!;
      kept[a] = kept[b]!;
      kept[b] = other;
    }
  }
}
