/** Where each line begins. Offsets are asked for in no certain order, so by bisection. */
export class LineStarts {
  readonly #starts: Float64Array;

  constructor(lines: readonly string[]) {
    this.#starts = new Float64Array(lines.length);
    for (let i = 1; i < lines.length; i++) {
      this.#starts[i] = this.#starts[i - 1]! + lines[i - 1]!.length + 1;
    }
  }

  /** 0-based. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
