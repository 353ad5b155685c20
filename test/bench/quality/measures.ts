const DEPTH = 10;

/** How well an order of names answers a query: each 0 to 1, over the first ten distinct names. */
export interface Measures {
  /** Normalised discounted cumulative gain, gain 2^grade − 1; 1 is the best order there is. */
  readonly ndcg: number;
  /** 1 / place of the first graded name; 0 when there is none. */
  readonly mrr: number;
  /** Share of the graded names. */
  readonly recall: number;
}

export function measuresOf(
  names: readonly string[],
  grades: ReadonlyMap<string, number>,
): Measures {
  const found = [...new Set(names)].slice(0, DEPTH).map((name) => grades.get(name) ?? 0);
  const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, DEPTH);
  const first = found.findIndex((grade) => grade > 0);
  return {
    ndcg: gainOf(found) / gainOf(ideal),
    mrr: first < 0 ? 0 : 1 / (first + 1),
    recall: found.filter((grade) => grade > 0).length / grades.size,
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function gainOf(grades: readonly number[]): number {
  return grades.reduce((sum, grade, i) => sum + (2 ** grade - 1) / Math.log2(i + 2), 0);
}
