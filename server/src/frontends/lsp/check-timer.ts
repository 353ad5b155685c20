const FIRST_MS = 60_000;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 600_000;

/**
 * Looks from time to time for changes that no watcher told of: watches run out, and some file
 * systems have none. Where such changes are found it looks more often, else ever more seldom.
 */
export class CheckTimer {
  readonly #check: () => Promise<boolean>;
  readonly #scale: number;
  #waitMs: number;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /** `check` tells whether it found a change. `scale` shortens all times, for tests. */
  constructor(check: () => Promise<boolean>, scale = 1) {
    this.#check = check;
    this.#scale = scale;
    this.#waitMs = FIRST_MS * scale;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), this.#waitMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const found = await this.#check();
    this.#waitMs = found
      ? SHORTEST_MS * this.#scale
      : Math.min(LONGEST_MS * this.#scale, 2 * this.#waitMs);
    this.start();
  }
}
