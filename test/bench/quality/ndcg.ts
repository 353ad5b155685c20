/**
 * Normalised discounted cumulative gain of the first `depth` distinct paths, gain 2^grade − 1;
 * 1 is the best order there is.
 */
export function ndcg(
  paths: readonly string[],
  grades: ReadonlyMap<string, number>,
  depth: number,
): number {
  const found = [...new Set(paths)].slice(0, depth).map((path) => grades.get(path) ?? 0);
  const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, depth);
  return gainOf(found) / gainOf(ideal);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function gainOf(grades: readonly number[]): number {
  return grades.reduce((sum, grade, i) => sum + (2 ** grade - 1) / Math.log2(i + 2), 0);
}
