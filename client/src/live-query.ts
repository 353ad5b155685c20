export interface LiveQueryDeps<T> {
  ask(query: string, signal: AbortSignal): Promise<T>;
  answered(query: string, answer: T): void;
  failed(error: unknown): void;
  /** Called when waiting for an answer begins or ends. */
  busy(isBusy: boolean): void;
}

/** Answers to a query that is still being typed: only the newest question counts. */
export class LiveQuery<T> {
  readonly #deps: LiveQueryDeps<T>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking: AbortController | null = null;

  constructor(deps: LiveQueryDeps<T>) {
    this.#deps = deps;
  }

  /** Asks after `delayMs` without another call. */
  askAfter(query: string, delayMs: number): void {
    this.drop();
    this.#timer = setTimeout(() => {
      this.ask(query);
    }, delayMs);
  }

  ask(query: string): void {
    this.drop();
    const abort = new AbortController();
    this.#asking = abort;
    this.#deps.busy(true);
    void this.#answer(query, abort);
  }

  /** Forgets the question under way, if any. */
  drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#asking === null) return;
    this.#asking.abort();
    this.#asking = null;
    this.#deps.busy(false);
  }

  async #answer(query: string, abort: AbortController): Promise<void> {
    try {
      const answer = await this.#deps.ask(query, abort.signal);
      if (this.#end(abort)) this.#deps.answered(query, answer);
    } catch (error) {
      if (this.#end(abort)) this.#deps.failed(error);
    }
  }

  /** False when a newer question has taken over. */
  #end(abort: AbortController): boolean {
    if (this.#asking !== abort) return false;
    this.#asking = null;
    this.#deps.busy(false);
    return true;
  }
}
