import { dot, type Vector } from '../../../server/src/core/vectors/vector.ts';

/** The ten nearest of each query by exact float32 scores, kept while vectors go by. */
export class ExactTen {
  readonly #queries: readonly Vector[];
  readonly #best: { chunk: number; score: number }[][];

  constructor(queries: readonly Vector[]) {
    this.#queries = queries;
    this.#best = queries.map(() => []);
  }

  see(chunk: number, vector: Vector): void {
    for (const [i, query] of this.#queries.entries()) {
      const best = this.#best[i]!;
      const score = dot(query, vector);
      if (best.length === 10 && score <= best[9]!.score) continue;
      best.push({ chunk, score });
      best.sort((a, b) => b.score - a.score);
      best.length = Math.min(best.length, 10);
    }
  }

  /** Share of these chunks that are among the query's ten nearest. */
  shareOf(query: number, chunks: readonly number[]): number {
    const right = new Set(this.#best[query]!.map(({ chunk }) => chunk));
    return chunks.filter((chunk) => right.has(chunk)).length / right.size;
  }
}
