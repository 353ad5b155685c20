import { Failure } from '../errors.ts';
import { inForm, type VectorForm } from '../vectors/vector-form.ts';
import type { ProviderOutcome } from './provider.ts';
import { TextsRefused } from './refused-texts.ts';

/** What an answer in OpenAI's wire format says. */
export interface EmbeddingsAnswer {
  /** One per text asked for, in that order. */
  readonly outcomes: ProviderOutcome[];
  /** Null where the endpoint does not report them. */
  readonly tokens: number | null;
  /** Name of the model that answered; null where the endpoint gives none. */
  readonly model: string | null;
}

/**
 * Reads and checks the answer to `count` texts, placing vectors by their `index`. Null dimensions
 * accept any length. Throws Failure `badAnswer` where it is no such answer or holds no usable
 * vector for several texts, TextsRefused where it cannot be told which vector is whose.
 */
export function* readAnswer(
  body: unknown,
  count: number,
  dimensions: number | null,
  form: VectorForm,
): Generator<undefined, EmbeddingsAnswer, undefined> {
  if (!isRecord(body) || !Array.isArray(body['data'])) {
    throw new Failure('badAnswer', 'The answer is not a list of embeddings.');
  }
  const outcomes: ProviderOutcome[] = [];
  for (const item of inOrder(body['data'], count)) {
    yield;
    outcomes.push(outcomeOf(item['embedding'], dimensions, form));
  }
  const first = outcomes[0];
  if (count > 1 && first?.kind === 'failed' && outcomes.every(({ kind }) => kind === 'failed')) {
    throw new Failure('badAnswer', first.reason);
  }
  return { outcomes, tokens: tokensIn(body['usage']), model: stringOrNull(body['model']) };
}

function inOrder(data: readonly unknown[], count: number): Record<string, unknown>[] {
  const placed = new Map<unknown, Record<string, unknown>>();
  for (const item of data) {
    if (!isRecord(item)) throw new Failure('badAnswer', 'The answer is not a list of embeddings.');
    // The only vector for the only text needs no index to be told whose it is.
    placed.set(count === 1 ? 0 : item['index'], item);
  }
  const items = Array.from({ length: count }, (_, index) => placed.get(index));
  if (data.length !== count || !items.every((item) => item !== undefined)) {
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

function tokensIn(usage: unknown): number | null {
  if (!isRecord(usage)) return null;
  const tokens = usage['total_tokens'] ?? usage['prompt_tokens'];
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failed(reason: string): ProviderOutcome {
  return { kind: 'failed', reason };
}
