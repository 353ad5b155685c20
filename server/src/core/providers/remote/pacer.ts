import { rateLimitIn } from './rate-limits.ts';
import type { Clock } from './retry.ts';

const LONGEST_WAIT_MS = 60_000;

/** A bucket of what may still be used; it fills steadily. */
interface Bucket {
  readonly capacity: number;
  readonly perMs: number;
  level: number;
  readAtMs: number;
}

/**
 * Paces all requests to one endpoint: none starts while the endpoint asked everyone to wait, and
 * none that the buckets its headers describe cannot pay for. After a request to wait they start one
 * by one again.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #most: number;
  /** Requests at once that are allowed now. */
  #allowed: number;
  #running = 0;
  #pausedUntilMs = 0;
  readonly #buckets = new Map<'requests' | 'tokens', Bucket>();
  #turns: (() => void)[] = [];

  constructor(most: number, clock: Clock) {
    this.#most = most;
    this.#allowed = most;
    this.#clock = clock;
  }

  /** Milliseconds until the endpoint may be asked again; 0 for now. */
  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#clock.monotonicMs());
  }

  /** Waits until a request of this many tokens may start; `leave` must follow. */
  async enter(tokens: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = Math.max(
        this.pausedForMs,
        this.#waitMs('requests', 1),
        this.#waitMs('tokens', tokens),
      );
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      else if (this.#running < this.#allowed) break;
      else await this.#turn(signal);
    }
    this.#running++;
    this.#take('requests', 1);
    this.#take('tokens', tokens);
  }

  leave(): void {
    this.#running--;
    this.#wake();
  }

  /** Reads what an answer's headers say is left. */
  note(headers: Headers): void {
    for (const what of ['requests', 'tokens'] as const) {
      const said = rateLimitIn(headers, what);
      if (said === null) continue;
      const { limit, remaining, resetMs } = said;
      // What is gone comes back until the reset; nothing is known where nothing is gone.
      const perMs = remaining < limit && resetMs > 0 ? (limit - remaining) / resetMs : limit;
      const readAtMs = this.#clock.monotonicMs();
      this.#buckets.set(what, { capacity: limit, perMs, level: remaining, readAtMs });
    }
  }

  succeeded(): void {
    if (this.#allowed === this.#most) return;
    this.#allowed++;
    this.#wake();
  }

  /** Everyone waits this long, and then starts one by one. */
  pause(ms: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#clock.monotonicMs() + ms);
    this.#allowed = 1;
  }

  #waitMs(what: 'requests' | 'tokens', amount: number): number {
    const bucket = this.#filled(what);
    if (bucket === undefined) return 0;
    const missing = Math.min(amount, bucket.capacity) - bucket.level;
    const waitMs = missing <= 0 ? 0 : Math.ceil(missing / bucket.perMs);
    // A bucket that fills for hours is a quota: the endpoint itself says what is to be done.
    return waitMs > LONGEST_WAIT_MS ? 0 : waitMs;
  }

  #take(what: 'requests' | 'tokens', amount: number): void {
    const bucket = this.#filled(what);
    if (bucket !== undefined) bucket.level -= amount;
  }

  #filled(what: 'requests' | 'tokens'): Bucket | undefined {
    const bucket = this.#buckets.get(what);
    if (bucket === undefined) return undefined;
    const nowMs = this.#clock.monotonicMs();
    const gained = (nowMs - bucket.readAtMs) * bucket.perMs;
    bucket.level = Math.min(bucket.capacity, bucket.level + gained);
    bucket.readAtMs = nowMs;
    return bucket;
  }

  /** Until a request ends or one more is allowed. */
  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<undefined>();
    const go = () => {
      turn.resolve(undefined);
    };
    this.#turns.push(go);
    signal.addEventListener('abort', go, { once: true });
    await turn.promise;
    signal.removeEventListener('abort', go);
  }

  #wake(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const go of turns) go();
  }
}
