export const DIMENSIONS = 384;

/** Some 200 to 1,000 characters of code, as chunks are; a thousandth of them is not ASCII. */
const BODY = `function total(items: readonly Item[], rate: number): number {
  let sum = 0;
  for (const { price, count } of items) sum += price * count; // “net”
  if (sum < 0) throw new RangeError('a total is never below zero');
  return Math.round(sum * (1 + rate) * 100) / 100;
}
`.repeat(4);

/** Everything a program in another language needs to make the same texts. */
export const RECIPE = { body: BODY, dimensions: DIMENSIONS };

export function textOf(row: number): string {
  return `// ${row}\n${BODY.slice(0, 200 + ((row * 7919) % 800))}`;
}

/** Unit length, and another for each row. */
export function vectorOf(row: number): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  let state = row + 1;
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    vector[i] = state / 2 ** 31;
    sum += vector[i]! * vector[i]!;
  }
  const length = Math.sqrt(sum);
  return vector.map((x) => x / length);
}

/** Rows in an order that no disk cache can guess; the same in every run. */
export function* randomRows(rows: number): Generator<number, never, undefined> {
  let state = 42;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield Math.floor((state / 2 ** 32) * rows);
  }
}
