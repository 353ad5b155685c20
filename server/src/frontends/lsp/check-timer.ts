const FIRST_MS = 60_000;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 600_000;
/** Looking at a folder of very many files, often, takes a tenth of the time at most. */
const LEAST_REST = 9;

/**
 * Looks from time to time for changes that no watcher told of: watches run out, and some file
 * systems have none. Where such changes are found it looks more often, else ever more seldom.
 */
export class CheckTimer {
  readonly #check: () => Promise<boolean>;
  #waitMs = FIRST_MS;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /** `check` tells whether changes come that nobody tells of. */
  constructor(check: () => Promise<boolean>) {
    this.#check = check;
  }

  /** `often`: from the first look on, because nobody will tell of changes. */
  start(often = false): void {
    if (often) this.#waitMs = SHORTEST_MS;
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), this.#waitMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const often = await this.#check();
    const rest = LEAST_REST * (performance.now() - startedAt);
    const wait = often ? SHORTEST_MS : Math.min(LONGEST_MS, 2 * this.#waitMs);
    // What took long because much had changed is no reason to stay away for long.
    this.#waitMs = Math.max(wait, Math.min(rest, FIRST_MS));
    this.#schedule();
  }
}
