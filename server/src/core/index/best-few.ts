import type { Scored } from './index-reader.ts';

/** A chunk found by its codes. */
export interface Approximate extends Scored {
  /** The exact score is at most this far from `score`. */
  readonly error: number;
}

/** Keeps the chunks with the highest scores, best first. Typed arrays: a scan adds thousands. */
export class BestFew {
  readonly #limit: number;
  readonly #ids: Int32Array;
  readonly #scores: Float64Array;
  readonly #errors: Float64Array;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#ids = new Int32Array(limit);
    this.#scores = new Float64Array(limit);
    this.#errors = new Float64Array(limit);
  }

  /** A score not above this one is not kept. */
  get worst(): number {
    return this.#count < this.#limit ? -Infinity : this.#scores[this.#limit - 1]!;
  }

  /** The score must be above `worst`. */
  add(id: number, score: number, error: number): void {
    const at = this.#placeOf(score);
    if (this.#count < this.#limit) this.#count++;
    const end = this.#count - 1;
    for (const kept of [this.#ids, this.#scores, this.#errors]) kept.copyWithin(at + 1, at, end);
    this.#ids[at] = id;
    this.#scores[at] = score;
    this.#errors[at] = error;
  }

  sorted(): Approximate[] {
    return Array.from({ length: this.#count }, (_, i) => ({
      id: this.#ids[i]!,
      score: this.#scores[i]!,
      error: this.#errors[i]!,
    }));
  }

  /** Behind all that are as good or better. */
  #placeOf(score: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#scores[middle]! >= score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
