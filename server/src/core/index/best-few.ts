/** Keeps the items with the highest scores, in a small sorted array. */
export class BestFew<T extends { readonly score: number }> {
  readonly #limit: number;
  readonly #items: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A score not above this one is not kept. */
  get worst(): number {
    return this.#items.length < this.#limit ? -Infinity : this.#items.at(-1)!.score;
  }

  add(item: T): void {
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1]!.score < item.score) at--;
    this.#items.splice(at, 0, item);
    if (this.#items.length > this.#limit) this.#items.pop();
  }

  /** Best first. */
  sorted(): T[] {
    return this.#items;
  }
}
