import { pathWords } from '../chunks/path-words.ts';
import type { Embedder, EmbedOptions, EmbedOutcome } from '../embed/embedder.ts';
import type { FieldWeights } from '../providers/provider.ts';
import { toUnit, type Vector } from '../vectors/vector.ts';
import type { PlacedChunk } from './chunk-table.ts';
import { composeVector } from './composed-vector.ts';

export interface ChunkVectors {
  readonly vectors: ReadonlyMap<number, Vector>;
  /** Reason by chunk id. Chunks that were only withheld have none. */
  readonly failures: ReadonlyMap<number, string>;
  /** Chunks the check for secrets found something in. Others that were withheld are tried again. */
  readonly looksSecret: readonly number[];
  /** One per chunk, in the order given: how its body was come by. */
  readonly outcomes: readonly EmbedOutcome[];
  readonly requests: number;
  readonly tokens: number;
}

/**
 * Vectors of chunks as the index holds them: the body's, with path and symbols composed in where
 * the model has weights for them. Those are small texts of their own, cached by the same rule.
 */
export async function vectorsOf(
  pending: readonly PlacedChunk[],
  embedder: Embedder,
  weights: FieldWeights | null,
  options: EmbedOptions,
): Promise<ChunkVectors> {
  const bodies = await embedder.embedMany(
    pending.map(({ chunk }) => chunk.text),
    options,
  );
  const fields = weights
    ? await fieldVectors(pending, embedder, options)
    : new Map<string, Vector>();
  const vectors = new Map<number, Vector>();
  const failures = new Map<number, string>();
  const looksSecret: number[] = [];
  pending.forEach(({ id, path, chunk }, i) => {
    const body = bodies.outcomes[i]!;
    if (body.kind === 'failed') failures.set(id, body.reason);
    if (body.kind === 'withheld' && body.reason === 'looksSecret' && body.unchecked !== true) {
      looksSecret.push(id);
    }
    if (body.kind === 'failed' || body.kind === 'withheld') return;
    const parts = { path: fields.get(pathWords(path)), symbols: fields.get(symbolText(chunk)) };
    vectors.set(id, weights ? composeVector(body.vector, parts, weights) : toUnit(body.vector));
  });
  return {
    vectors,
    failures,
    looksSecret,
    outcomes: bodies.outcomes,
    requests: bodies.requests,
    tokens: bodies.tokens,
  };
}

/** A field whose text has no vector (no known word in it) is simply left out. */
async function fieldVectors(
  pending: readonly PlacedChunk[],
  embedder: Embedder,
  options: EmbedOptions,
): Promise<Map<string, Vector>> {
  const texts = new Set(pending.flatMap(({ path, chunk }) => [pathWords(path), symbolText(chunk)]));
  texts.delete('');
  const list = [...texts];
  const { outcomes } = await embedder.embedMany(list, options);
  const vectors = new Map<string, Vector>();
  outcomes.forEach((outcome, i) => {
    if ('vector' in outcome) vectors.set(list[i]!, outcome.vector);
  });
  return vectors;
}

/** The small text that stands for the names a chunk defines. */
export function symbolText(chunk: { readonly symbols: readonly string[] }): string {
  return chunk.symbols.join(' ');
}
