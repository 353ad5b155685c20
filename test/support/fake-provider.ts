import { createHash } from 'node:crypto';
import type { EmbeddingSpace } from '../../server/src/core/keys/space.ts';
import type {
  BatchLimits,
  EmbeddingProvider,
  FieldWeights,
  ProviderAnswer,
} from '../../server/src/core/providers/provider.ts';
import { unit, type Vector } from '../../server/src/core/vectors/vector.ts';

export interface FakeProviderOptions {
  readonly model?: string;
  readonly dimensions?: number;
  readonly limits?: BatchLimits;
  readonly fieldWeights?: FieldWeights;
  /** Says it is a model with a published price. */
  readonly priced?: boolean;
  /** Tokens it reports for each request; by default one for each character. */
  readonly tokensPerRequest?: number;
  /** Calls at once. Default 1. */
  readonly concurrency?: number;
  /** Called with each batch before it is answered; may throw. */
  readonly onBatch?: (texts: readonly string[], signal: AbortSignal) => void | Promise<void>;
}

/** Answers every text with a vector that is a function of model and text, and counts. */
export class FakeProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly local = false;
  readonly host = 'fake.invalid';
  readonly limits: BatchLimits;
  readonly concurrency: number;
  readonly fieldWeights: FieldWeights | null;
  /** Every text asked for, in order. */
  readonly asked: string[] = [];
  requests = 0;
  /** Calls whose signal fired. */
  aborted = 0;
  readonly #tokensPerRequest: number | undefined;
  readonly #onBatch: NonNullable<FakeProviderOptions['onBatch']>;

  constructor(options: FakeProviderOptions = {}) {
    const space = spaceNamed(options.model ?? 'fake', options.dimensions);
    this.space = options.priced
      ? { ...space, provider: 'openai', model: 'text-embedding-3-small' }
      : space;
    this.#tokensPerRequest = options.tokensPerRequest;
    this.limits = options.limits ?? { maxItems: 100, maxTokens: 100_000 };
    this.concurrency = options.concurrency ?? 1;
    this.fieldWeights = options.fieldWeights ?? null;
    this.#onBatch = options.onBatch ?? (() => undefined);
  }

  countTokens(text: string): number {
    return text.length;
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => this.aborted++);
    await this.#onBatch(texts, signal);
    this.requests++;
    this.asked.push(...texts);
    return {
      outcomes: texts.map((text) =>
        text === ''
          ? { kind: 'failed', reason: 'the text is empty' }
          : { kind: 'vector', vector: fakeVector(this.space, text) },
      ),
      tokens: this.#tokensPerRequest ?? texts.reduce((sum, text) => sum + text.length, 0),
      requests: 1,
    };
  }
}

export function spaceNamed(model: string, dimensions = 8): EmbeddingSpace {
  return {
    provider: 'fake',
    origin: null,
    model,
    dimensions,
    requestedDimensions: null,
    element: 'float32',
    role: 'both',
    prefix: '',
    normalised: true,
  };
}

/** The oracle: the one right vector of a text in a space. */
export function fakeVector(space: EmbeddingSpace, text: string): Vector {
  const vector = new Float32Array(space.dimensions);
  for (let i = 0; i < vector.length; i++) {
    const digest = createHash('sha256').update(`${space.model} ${i} ${text}`).digest();
    vector[i] = digest.readInt32LE() / 2 ** 31;
  }
  return unit(vector);
}
