import type { EmbeddingSpace } from '../../keys/space.ts';
import type { Logger } from '../../logger.ts';
import { splitNote } from '../long-texts.ts';
import type { EmbeddingProvider, ProviderAnswer } from '../provider.ts';
import { estimateTokens } from '../token-estimate.ts';
import type { ModelHost } from './model-host.ts';

export interface LocalProviderOptions {
  readonly space: EmbeddingSpace;
  /** As people call the model. */
  readonly name: string;
  readonly host: ModelHost;
  readonly logger: Logger;
}

/** A transformer model at work in a process of its own on this computer. */
export class LocalProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly local = true;
  readonly host = null;
  /** Some seconds of work, after which the caller stores what it has. */
  readonly limits = { maxItems: 32, maxTokens: 8192 };
  /** The model works with several threads already. */
  readonly concurrency = 1;
  readonly fieldWeights = null;
  readonly #options: LocalProviderOptions;

  constructor(options: LocalProviderOptions) {
    this.#options = options;
    this.space = options.space;
  }

  countTokens(text: string): number {
    return estimateTokens(text);
  }

  /** Which of these texts the model takes whole, in the order given. */
  fits(texts: readonly string[], signal: AbortSignal): Promise<readonly boolean[]> {
    const { prefix } = this.space;
    return this.#options.host.ask({ kind: 'fits', texts, prefix }, signal);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    if (texts.length === 0) return { outcomes: [], tokens: 0, requests: 0 };
    const { host, name, logger } = this.#options;
    const { prefix, dimensions, element, normalised } = this.space;
    const form = { element, normalised };
    const request = { texts, prefix, dimensions, form };
    const answer = await host.ask({ kind: 'embed', request }, signal);
    const note = splitNote(answer.outcomes, name);
    if (note !== null) logger.warn(note);
    return answer;
  }
}
