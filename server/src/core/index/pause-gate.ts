/** Where indexing waits between groups of chunks: while it is paused, and while queries are asked. */
export class PauseGate {
  readonly #waiting = new Set<() => void>();
  #paused = false;
  #queries = 0;

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#letThrough();
  }

  /** Answers a query; indexing rests meanwhile. */
  async during<T>(query: () => Promise<T>): Promise<T> {
    this.#queries++;
    try {
      return await query();
    } finally {
      this.#queries--;
      this.#letThrough();
    }
  }

  /** Resolves when indexing may go on. Throws the signal's reason when it fires before. */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.#isClosed) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const open = () => {
        resolve(undefined);
      };
      this.#waiting.add(open);
      signal.addEventListener('abort', open, { once: true });
      await promise;
      this.#waiting.delete(open);
      signal.removeEventListener('abort', open);
      signal.throwIfAborted();
    }
  }

  get #isClosed(): boolean {
    return this.#paused || this.#queries > 0;
  }

  #letThrough(): void {
    if (this.#isClosed) return;
    for (const open of this.#waiting) open();
  }
}
