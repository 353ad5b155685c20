import { Failure } from '../../errors.ts';
import { inForm, type VectorForm } from '../../vectors/vector-form.ts';
import type { ProviderOutcome } from '../provider.ts';
import { TextsRefused } from './refused-texts.ts';
import type { WireAnswer, WireItem } from './wire-format.ts';

/** An answer whose vectors were checked. */
export interface EmbeddingsAnswer {
  /** One per text asked for, in that order. */
  readonly outcomes: ProviderOutcome[];
  /** Null where the endpoint does not report them. */
  readonly tokens: number | null;
  /** Name of the model that answered; null where the endpoint gives none. */
  readonly model: string | null;
}

/**
 * Checks the answer to `count` texts, placing vectors by their `index`. Null dimensions accept any
 * length. Throws Failure `badAnswer` where it is no answer or holds no usable vector for several
 * texts, TextsRefused where it cannot be told which vector is whose.
 */
export function* readAnswer(
  answer: WireAnswer | null,
  count: number,
  dimensions: number | null,
  form: VectorForm,
): Generator<undefined, EmbeddingsAnswer, undefined> {
  if (answer === null) {
    throw new Failure('badAnswer', 'The answer is not a list of embeddings.');
  }
  const outcomes: ProviderOutcome[] = [];
  for (const { embedding } of inOrder(answer.items, count)) {
    yield;
    outcomes.push(outcomeOf(embedding, dimensions, form));
  }
  const first = outcomes[0];
  if (count > 1 && first?.kind === 'failed' && outcomes.every(({ kind }) => kind === 'failed')) {
    throw new Failure('badAnswer', first.reason);
  }
  return { outcomes, tokens: answer.tokens, model: answer.model };
}

function inOrder(given: readonly WireItem[], count: number): WireItem[] {
  const placed = new Map<unknown, WireItem>();
  // The only vector for the only text needs no index to be told whose it is.
  for (const item of given) placed.set(count === 1 ? 0 : item.index, item);
  const items = Array.from({ length: count }, (_, index) => placed.get(index));
  if (given.length !== count || !items.every((item) => item !== undefined)) {
    throw new TextsRefused(
      'badAnswer',
      `The answer does not hold exactly one embedding for each of ${count} texts.`,
    );
  }
  return items;
}

function outcomeOf(
  embedding: unknown,
  dimensions: number | null,
  form: VectorForm,
): ProviderOutcome {
  const numbers = numbersIn(embedding);
  if (numbers === null) return failed('The answer’s embedding is neither numbers nor base64.');
  if (numbers.length === 0 || numbers.length !== (dimensions ?? numbers.length)) {
    return failed(
      `The answer’s embedding has ${numbers.length} numbers where ${dimensions ?? 'some'} are expected.`,
    );
  }
  const vector = inForm(numbers, form);
  if (vector === null) return failed('The answer’s embedding is all zeros or not finite.');
  return { kind: 'vector', vector };
}

/**
 * Told by what came, not by what was asked for or by the length: endpoints that do not know
 * `encoding_format` send numbers all the same.
 */
function numbersIn(embedding: unknown): ArrayLike<number> | null {
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.byteLength % 4 !== 0) return null;
    const copy = new Uint8Array(bytes);
    return new Float32Array(copy.buffer);
  }
  if (!Array.isArray(embedding)) return null;
  if (!embedding.every((x): x is number => typeof x === 'number')) return null;
  return embedding;
}

function failed(reason: string): ProviderOutcome {
  return { kind: 'failed', reason };
}
