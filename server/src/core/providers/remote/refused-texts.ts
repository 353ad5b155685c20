import type { FailureKind } from '../../errors.ts';
import { Failure } from '../../errors.ts';
import type { ProviderOutcome } from '../provider.ts';
import type { RefusalHint } from './refusal-hint.ts';

/** One request's texts got no usable answer as a whole; fewer of them at a time may. */
export class TextsRefused extends Failure {
  /** The limit they ran into; null where the refusal does not say. */
  readonly hint: RefusalHint | null;

  constructor(
    kind: FailureKind,
    message: string,
    options: ConstructorParameters<typeof Failure>[2] = {},
    hint: RefusalHint | null = null,
  ) {
    super(kind, message, options);
    this.hint = hint;
  }
}

type Ask = (texts: readonly string[]) => Promise<readonly ProviderOutcome[]>;

/**
 * Enough to find one refused text among a hundred by halving. Finding one earns the calls that the
 * next one may take, once any text was accepted: until then everything may be refused.
 */
const EXTRA_CALLS_PER_HUNDRED = 16;
const NOT_FOUND_OUT =
  'It was sent together with texts the provider refused, and not alone: index again to retry it.';

/**
 * One outcome per text. Where `ask` refuses the texts, asks for halves, so that one bad text does
 * not fail its neighbours; where one of several comes back without a vector, asks for it alone.
 * Throws the first refusal where no text at all got a vector. Any other failure and a cancellation are
 * thrown as they are, unless vectors are in hand already: those are kept and the failure is the other texts' reason.
 */
export async function askInHalves(texts: readonly string[], ask: Ask): Promise<ProviderOutcome[]> {
  if (texts.length === 0) return [];
  const search = new Search(texts, ask);
  try {
    const refusal = await search.tryRange(0, texts.length);
    if (refusal === null) return search.outcomes;
    if (texts.length > 1) await search.settle(0, texts.length, refusal);
    if (texts.length > 1 && !search.foundAny()) throw refusal;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null || !search.foundAny()) throw error;
    search.explainRest(reason);
  }
  return search.outcomes;
}

/** Why texts got no vector when this ended the search; null for what should not happen at all. */
export function reasonOf(error: unknown): string | null {
  if (error instanceof Failure) return error.message;
  return error instanceof Error && error.name === 'AbortError' ? 'It was cancelled.' : null;
}

class Search {
  readonly outcomes: ProviderOutcome[];
  readonly #texts: readonly string[];
  readonly #ask: Ask;
  #callsLeft: number;

  constructor(texts: readonly string[], ask: Ask) {
    this.#texts = texts;
    this.#ask = ask;
    this.#callsLeft = 1 + EXTRA_CALLS_PER_HUNDRED * Math.ceil(texts.length / 100);
    this.outcomes = texts.map(() => ({ kind: 'failed', reason: NOT_FOUND_OUT }));
  }

  foundAny(): boolean {
    return this.outcomes.some(({ kind }) => kind === 'vector');
  }

  /** Asks for the texts from `start` to before `end`. Null, or why they were refused. */
  async tryRange(start: number, end: number): Promise<TextsRefused | null> {
    this.#callsLeft--;
    let answered: readonly ProviderOutcome[];
    try {
      answered = await this.#ask(this.#texts.slice(start, end));
    } catch (error) {
      if (!(error instanceof TextsRefused)) throw error;
      if (end - start === 1) this.#blame(start, error);
      return error;
    }
    this.outcomes.splice(start, end - start, ...answered);
    if (end - start === 1) return null;
    for (const [offset, outcome] of answered.entries()) {
      if (outcome.kind !== 'failed' || this.#callsLeft <= 0) continue;
      await this.tryRange(start + offset, start + offset + 1);
    }
    return null;
  }

  /** Finds the outcomes of a range of at least two texts that was refused as a whole. */
  async settle(start: number, end: number, refusal: TextsRefused): Promise<void> {
    if (this.#callsLeft <= 0) return;
    const middle = Math.ceil((start + end) / 2);
    const left = await this.tryRange(start, middle);
    // A left half that was fine leaves the cause in the right one: asking for all of that again
    // would only be refused again.
    const rightIsRefused = left === null && end - middle > 1;
    let right: TextsRefused | null = rightIsRefused ? refusal : null;
    if (!rightIsRefused && this.#callsLeft > 0) right = await this.tryRange(middle, end);
    if (left !== null && middle - start > 1) await this.settle(start, middle, left);
    if (right !== null && end - middle > 1) await this.settle(middle, end, right);
  }

  explainRest(reason: string): void {
    for (const [i, outcome] of this.outcomes.entries()) {
      if (outcome.kind === 'failed' && outcome.reason === NOT_FOUND_OUT) {
        this.outcomes[i] = { kind: 'failed', reason };
      }
    }
  }

  #blame(position: number, { message, hint }: TextsRefused): void {
    const tooLong = hint?.kind === 'textTooLong' || hint?.kind === 'tooManyBytes';
    this.outcomes[position] = {
      kind: 'failed',
      reason: message,
      ...(tooLong ? { tooLong } : {}),
    };
    if (this.foundAny()) this.#callsLeft += 2 * Math.ceil(Math.log2(this.#texts.length));
  }
}
