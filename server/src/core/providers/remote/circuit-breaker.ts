import type { Clock } from './retry.ts';

const FAILURES_TO_OPEN = 8;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;

/**
 * Stops asking an endpoint that only fails. After some failures in a row it rests; then one request
 * may try, and its end decides. Each failed try doubles the rest up to a minute.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  #failures = 0;
  #restMs = 0;
  #openUntilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next try; 0 where requests may go out. */
  get restsForMs(): number {
    return Math.max(0, this.#openUntilMs - this.#clock.monotonicMs());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restMs = 0;
    this.#openUntilMs = 0;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures < FAILURES_TO_OPEN || this.restsForMs > 0) return;
    this.#restMs = Math.min(Math.max(FIRST_REST_MS, 2 * this.#restMs), LONGEST_REST_MS);
    this.#openUntilMs = this.#clock.monotonicMs() + this.#restMs;
  }
}
