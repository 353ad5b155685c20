/** One message carries that much at most: a file a message would be many times slower. */
const MOST_FILES = 16;
const MOST_BYTES = 100_000;

/** Reads files in batches, as long as they are read in the order that was said before. */
export class ReadAhead<T> {
  readonly #readMany: (paths: readonly string[]) => Promise<readonly T[]>;
  readonly #next = new Map<string, { at: number; size: number }>();
  readonly #held = new Map<string, Promise<T>>();
  #order: string[] = [];

  /** `readMany` gives one answer per path, in order. */
  constructor(readMany: (paths: readonly string[]) => Promise<readonly T[]>) {
    this.#readMany = readMany;
  }

  /** These will be read, in this order; what was expected before no longer is. */
  expect(files: readonly { readonly path: string; readonly size: number }[]): void {
    this.#held.clear();
    this.#next.clear();
    this.#order = files.map(({ path }) => path);
    files.forEach(({ path, size }, at) => this.#next.set(path, { at, size }));
  }

  async read(path: string): Promise<T> {
    const held = this.#held.get(path);
    if (held) {
      this.#held.delete(path);
      return held;
    }
    const batch = this.#batchFrom(path);
    const answers = this.#readMany(batch);
    for (const [i, other] of batch.entries()) {
      if (i === 0) continue;
      const answer = answers.then((all) => all[i]!);
      // Whoever reads it hears of the failure; nobody may.
      answer.catch(() => undefined);
      this.#held.set(other, answer);
    }
    return (await answers)[0]!;
  }

  #batchFrom(path: string): string[] {
    const batch = [path];
    const first = this.#next.get(path);
    if (!first) return batch;
    let bytes = first.size;
    for (let at = first.at + 1; at < this.#order.length && batch.length < MOST_FILES; at++) {
      const other = this.#order[at]!;
      bytes += this.#next.get(other)!.size;
      if (bytes > MOST_BYTES) break;
      batch.push(other);
    }
    return batch;
  }
}
