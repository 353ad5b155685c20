/** Before that, a guess would be worse than none. */
const LEAST_MS = 1000;
const LEAST_SHARE = 0.02;

/** Guesses how long a run will take from how long its part took; times of rest do not count. */
export class TimeLeft {
  readonly #total: number;
  readonly #now: () => number;
  #done = 0;
  #spentMs = 0;
  #since: number;

  /** `total` in any unit of work; `now` in milliseconds, of a steady clock. */
  constructor(total: number, now: () => number) {
    this.#total = total;
    this.#now = now;
    this.#since = now();
  }

  did(work: number): void {
    this.#done += work;
    this.#spentMs += this.#now() - this.#since;
    this.#since = this.#now();
  }

  /** What passed since the last `did` was no work. */
  rested(): void {
    this.#since = this.#now();
  }

  /** Null while it cannot be told. */
  get seconds(): number | null {
    const share = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total);
    if (this.#spentMs < LEAST_MS || share < LEAST_SHARE) return null;
    return Math.ceil((this.#spentMs * (1 - share)) / share / 1000);
  }
}
