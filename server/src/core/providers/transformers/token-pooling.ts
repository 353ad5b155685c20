import { unit, type Vector } from '../../vectors/vector.ts';
import type { Pooling } from './local-model.ts';

/** Vectors of the tokens of one text, row after row, and which of the rows are its own. */
export interface TokenVectors {
  readonly numbers: Float32Array;
  readonly width: number;
  /** One per row: false for what only fills up. At least one is true. */
  readonly isToken: readonly boolean[];
}

/** One vector of a text's tokens; of several poolings, theirs one after the other. */
export function poolTokens(tokens: TokenVectors, poolings: readonly Pooling[]): Float32Array {
  const pooled = new Float32Array(tokens.width * poolings.length);
  for (const [i, pooling] of poolings.entries()) {
    pooled.set(pool(tokens, pooling), i * tokens.width);
  }
  return pooled;
}

function pool({ numbers, width, isToken }: TokenVectors, pooling: Pooling): Float32Array {
  const rows = isToken.flatMap((own, row) =>
    own ? [numbers.subarray(row * width, (row + 1) * width)] : [],
  );
  switch (pooling) {
    case 'cls':
      return rows[0]!;
    case 'lasttoken':
      return rows.at(-1)!;
    case 'max':
      return rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!)));
    case 'mean':
      return sumOf(rows, width, rows.length);
    case 'mean_sqrt_len':
      return sumOf(rows, width, Math.sqrt(rows.length));
    default:
      return pooling satisfies never;
  }
}

function sumOf(rows: readonly Float32Array[], width: number, divisor: number): Float32Array {
  const sum = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) sum[i]! += row[i]!;
  return Float32Array.from(sum, (x) => x / divisor);
}

/** The beginning of a vector, where a shorter one is wanted: meant for models trained for that. */
export function shortened(vector: Float32Array, dimensions: number, normalises: boolean): Vector {
  const cut = vector.subarray(0, dimensions);
  // One of zeros stays as it is, to be refused with its text.
  return normalises && cut.some((x) => x !== 0) ? unit(cut) : cut.slice();
}
