const windowMs = 3 * 60 * 1000;
const maxStops = 5;

/** Restarts a process that stopped by itself, until it has stopped five times in three minutes. */
export class RestartPolicy {
  readonly #now: () => number;
  #stops: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes one stop; says whether to start again. */
  stopped(): 'restart' | 'giveUp' {
    const now = this.#now();
    this.#stops = [...this.#stops.filter((time) => now - time <= windowMs), now];
    return this.#stops.length < maxStops ? 'restart' : 'giveUp';
  }

  /** Forgets earlier stops: the user asked for a new start. */
  reset(): void {
    this.#stops = [];
  }
}
