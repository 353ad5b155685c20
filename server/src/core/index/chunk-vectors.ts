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
  // Together: each call ends in a commit of its own.
  const fieldTexts = weights ? fieldTextsOf(pending) : [];
  const texts = [...pending.map(({ chunk }) => chunk.text), ...fieldTexts];
  const { outcomes: all, requests, tokens } = await embedder.embedMany(texts, options);
  const outcomes = all.slice(0, pending.length);
  // A field whose text has no vector (no known word in it) is simply left out.
  const fields = new Map<string, Vector>();
  fieldTexts.forEach((text, i) => {
    const outcome = all[pending.length + i]!;
    if ('vector' in outcome) fields.set(text, outcome.vector);
  });
  const vectors = new Map<number, Vector>();
  const failures = new Map<number, string>();
  const looksSecret: number[] = [];
  pending.forEach(({ id, path, chunk }, i) => {
    const body = outcomes[i]!;
    if (body.kind === 'failed') failures.set(id, body.reason);
    if (body.kind === 'withheld' && body.reason === 'looksSecret' && body.unchecked !== true) {
      looksSecret.push(id);
    }
    if (body.kind === 'failed' || body.kind === 'withheld') return;
    const parts = { path: fields.get(pathWords(path)), symbols: fields.get(symbolText(chunk)) };
    vectors.set(id, weights ? composeVector(body.vector, parts, weights) : toUnit(body.vector));
  });
  return { vectors, failures, looksSecret, outcomes, requests, tokens };
}

function fieldTextsOf(pending: readonly PlacedChunk[]): string[] {
  const texts = new Set(pending.flatMap(({ path, chunk }) => [pathWords(path), symbolText(chunk)]));
  texts.delete('');
  return [...texts];
}

/** The small text that stands for the names a chunk defines. */
export function symbolText(chunk: { readonly symbols: readonly string[] }): string {
  return chunk.symbols.join(' ');
}
