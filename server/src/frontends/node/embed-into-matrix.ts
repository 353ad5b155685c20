import type { Embedder } from '../../core/embed/embedder.ts';
import { EmbeddingError, type Embeddings, type FailedText } from './api.ts';
import { emptyMatrix } from './matrix.ts';

/** Texts embedded together. As many as providers take in one request; hashing them takes 5 ms. */
const SLICE = 2048;

/** A row per text. Vectors are copied once, from where the database put them to their row. */
export async function embedIntoMatrix(
  texts: readonly string[],
  embedder: Embedder,
  onFailed: 'throw' | 'nan',
  signal: AbortSignal,
): Promise<Embeddings> {
  const { model, dimensions, element } = embedder.space;
  const matrix = emptyMatrix(texts.length, dimensions, element);
  const failed: FailedText[] = [];
  let misses = 0;
  for (let start = 0; start < texts.length; start += SLICE) {
    const { outcomes } = await embedder.embedMany(texts.slice(start, start + SLICE), { signal });
    const missed = new Set<string>();
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.kind === 'failed' || outcome.kind === 'withheld') {
        failed.push({ index: start + i, reason: outcome.reason });
        matrix.row(start + i).fill(Number.NaN);
        continue;
      }
      matrix.data.set(outcome.vector, (start + i) * dimensions);
      // A text given twice is sent once.
      if (outcome.kind === 'miss') missed.add(outcome.hash);
    }
    misses += missed.size;
  }
  if (failed.length > 0 && onFailed === 'throw') throw new EmbeddingError(failed);
  return { ...matrix, model, hits: texts.length - misses - failed.length, misses, failed };
}
