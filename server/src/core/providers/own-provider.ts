import { Failure } from '../errors.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import { inForm, type VectorForm } from '../vectors/vector-form.ts';
import type { EmbeddingProvider, ProviderAnswer, ProviderOutcome } from './provider.ts';
import type { ProviderDescription } from './describe-provider.ts';
import { estimateTokens } from './token-estimate.ts';

/** Numbers per text, in the order given; null for a text that has no vector. */
export type OwnAnswer = ArrayLike<ArrayLike<number> | null>;

/** A function of a program's own that turns texts into vectors. */
export interface OwnFunction {
  readonly name: string;
  readonly model: string;
  readonly dimensions: number;
  readonly batchSize: number;
  embed(texts: readonly string[], signal: AbortSignal): Promise<OwnAnswer> | OwnAnswer;
}

export function describeOwn(
  provider: EmbeddingProvider | undefined,
): ProviderDescription | undefined {
  if (!provider) return undefined;
  const { space, host, local } = provider;
  return { name: space.provider, model: space.model, address: null, host, local };
}

/** Makes a provider of a program's own function. What the function throws comes out unchanged. */
export class OwnProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  /** Whatever it does with a text, it is the program that does it. */
  readonly local = true;
  readonly host = null;
  readonly limits;
  /** The program may count on its calls not to overlap. */
  readonly concurrency = 1;
  readonly fieldWeights = null;
  readonly #own: OwnFunction;

  constructor(own: OwnFunction, form: VectorForm) {
    this.#own = own;
    this.limits = { maxItems: own.batchSize, maxTokens: Infinity };
    this.space = {
      // Its name must never be a built-in provider's.
      provider: `own:${own.name}`,
      origin: null,
      model: own.model,
      dimensions: own.dimensions,
      requestedDimensions: null,
      role: 'both',
      prefix: '',
      ...form,
    };
  }

  countTokens(text: string): number {
    return estimateTokens(text);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    const { name } = this.#own;
    const answer = await this.#own.embed(texts, signal);
    if (answer.length !== texts.length) {
      throw new Failure(
        'badAnswer',
        `${name} answered ${texts.length} texts with ${answer.length} vectors.`,
      );
    }
    const outcomes = Array.from(answer, (numbers) => this.#outcomeOf(numbers));
    // It reports no tokens, and no price is known.
    return { outcomes, tokens: 0, requests: 1 };
  }

  #outcomeOf(numbers: ArrayLike<number> | null): ProviderOutcome {
    const { name, dimensions } = this.#own;
    if (numbers === null) return { kind: 'failed', reason: `${name} has no vector for it.` };
    if (numbers.length !== dimensions) {
      const reason = `${name} gave ${numbers.length} numbers where ${dimensions} are expected.`;
      return { kind: 'failed', reason };
    }
    const vector = inForm(numbers, this.space);
    if (vector !== null) return { kind: 'vector', vector };
    return { kind: 'failed', reason: `${name} gave a vector that is all zeros or not finite.` };
  }
}
