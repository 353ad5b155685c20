import type { RemoteProviderConfig } from '../config.ts';
import { Failure } from '../errors.ts';
import type { EmbeddingSpace } from '../keys/space.ts';
import type { Logger } from '../logger.ts';
import type { Endpoint } from './endpoint.ts';
import { OPENAI_BASE_URL, endpointOf } from './endpoint.ts';
import type { Timing } from './openai-client.ts';
import { OpenAiClient, standardTiming } from './openai-client.ts';
import { DEFAULT_OPENAI_MODEL, dimensionsToAsk, openAiModel } from './openai-models.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type {
  BatchLimits,
  EmbeddingProvider,
  ProviderAnswer,
  ProviderOutcome,
} from './provider.ts';
import { askInHalves } from './refused-texts.ts';
import { estimateTokens } from './token-estimate.ts';

const OPENAI_ORIGIN = new URL(OPENAI_BASE_URL).origin;
/** As OpenAI's reference of `POST /v1/embeddings` states them. */
const OPENAI_LIMITS: BatchLimits = { maxItems: 2048, maxTokens: 300_000 };
const OPENAI_MAX_TOKENS_PER_TEXT = 8192;
/** Text Embeddings Inference takes 32 texts a request unless told otherwise; the others take more. */
const COMPATIBLE_LIMITS: BatchLimits = { maxItems: 32, maxTokens: 32_000 };

/**
 * OpenAI, or an endpoint that speaks its wire format. Asks for one vector where the model's
 * dimensions are neither known, configured nor remembered from a space.
 */
export async function createOpenAiProvider(
  config: RemoteProviderConfig,
  deps: ProviderDeps,
  signal: AbortSignal,
  timing: Timing = standardTiming,
): Promise<OpenAiProvider> {
  const endpoint = endpointOf(config.kind, addressOf(config));
  const own = config.kind === 'openai';
  const model = modelOf(config, endpoint);
  const known = own ? openAiModel(model) : null;
  const ask = known === null ? config.dimensions : dimensionsToAsk(model, known, config.dimensions);
  const client = new OpenAiClient({
    provider: config.kind,
    name: own && endpoint.origin === OPENAI_ORIGIN ? 'OpenAI' : endpoint.host,
    endpoint,
    keyRequired: own,
    timing,
    deps,
  });
  const space: Omit<EmbeddingSpace, 'dimensions'> = {
    provider: config.kind,
    // With its path: two paths of one host may lead to two servers.
    origin: own && endpoint.baseUrl === OPENAI_BASE_URL ? null : endpoint.baseUrl,
    model,
    requestedDimensions: ask,
    role: 'both',
    prefix: '',
    ...deps.form,
  };
  const dimensions =
    ask ??
    known?.dimensions ??
    rememberedDimensions(space, await deps.knownSpaces()) ??
    (await askDimensions(client, model, deps, signal));
  return new OpenAiProvider({
    space: { ...space, dimensions },
    host: endpoint.host,
    limits: own ? OPENAI_LIMITS : COMPATIBLE_LIMITS,
    maxTokensPerText: own ? (known?.maxTokensPerText ?? OPENAI_MAX_TOKENS_PER_TEXT) : null,
    client,
    logger: deps.logger,
  });
}

interface OpenAiProviderOptions {
  readonly space: EmbeddingSpace;
  readonly host: string;
  readonly limits: BatchLimits;
  /** Null where the endpoint alone knows. */
  readonly maxTokensPerText: number | null;
  readonly client: OpenAiClient;
  readonly logger: Logger;
}

/** Speaks OpenAI's wire format to one endpoint. */
export class OpenAiProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly local = false;
  readonly host: string;
  readonly limits: BatchLimits;
  readonly fieldWeights = null;
  readonly #maxTokensPerText: number | null;
  readonly #client: OpenAiClient;
  readonly #logger: Logger;
  #modelNoted = false;

  constructor(options: OpenAiProviderOptions) {
    this.space = options.space;
    this.host = options.host;
    this.limits = options.limits;
    this.#maxTokensPerText = options.maxTokensPerText;
    this.#client = options.client;
    this.#logger = options.logger;
  }

  countTokens(text: string): number {
    return estimateTokens(text);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> {
    signal.throwIfAborted();
    const reasons = texts.map((text) => this.#reasonNotToSend(text));
    const sent = texts.filter((_, i) => reasons[i] === null);
    let requests = 0;
    let tokens = 0;
    const answered = await askInHalves(sent, async (some) => {
      const { model, requestedDimensions: ask, dimensions: expect } = this.space;
      const request = { model, texts: some, ask, expect };
      const answer = await this.#client.embed(request, () => requests++, signal);
      tokens += answer.tokens ?? some.reduce((sum, text) => sum + estimateTokens(text), 0);
      this.#noteModel(answer.model);
      return answer.outcomes;
    });
    const remaining = answered.values();
    const outcomes = reasons.map((reason): ProviderOutcome =>
      reason === null ? remaining.next().value! : { kind: 'failed', reason },
    );
    return { outcomes, tokens, requests };
  }

  #reasonNotToSend(text: string): string | null {
    if (text.trim() === '') return 'The text is empty.';
    const limit = this.#maxTokensPerText;
    const tokens = estimateTokens(text);
    if (limit === null || tokens <= limit) return null;
    return `The text is too long: about ${tokens} tokens where ${this.space.model} takes ${limit}.`;
  }

  /** Endpoints may serve another model than the one named; a user can only see that here. */
  #noteModel(answering: string | null): void {
    if (this.#modelNoted || answering === null || answering === this.space.model) return;
    this.#modelNoted = true;
    const name = answering.replace(/[^\w./:@-]/g, '?').slice(0, 100);
    this.#logger.info(`${this.host} answers for ${this.space.model} as model ${name}`);
  }
}

function addressOf(config: RemoteProviderConfig): string {
  if (config.baseUrl.trim() !== '') return config.baseUrl;
  if (config.kind === 'openai') return OPENAI_BASE_URL;
  throw new Failure('badSettings', 'Set the base URL of the OpenAI-compatible endpoint.', {
    provider: config.kind,
  });
}

function modelOf(config: RemoteProviderConfig, { host }: Endpoint): string {
  const model = config.model.trim();
  if (model !== '') return model;
  if (config.kind === 'openai') return DEFAULT_OPENAI_MODEL;
  // A server with a single model ignores the name, but the cache tells models apart by it.
  throw new Failure('badSettings', `Set the name of the model that ${host} serves.`, {
    provider: config.kind,
    host,
  });
}

/** Null where no space, or more than one, has this model's own length. */
function rememberedDimensions(
  wanted: Omit<EmbeddingSpace, 'dimensions'>,
  spaces: readonly EmbeddingSpace[],
): number | null {
  const lengths = spaces
    .filter((space) => isSameButForDimensions(space, wanted))
    .map(({ dimensions }) => dimensions);
  return lengths.length === 1 ? lengths[0]! : null;
}

function isSameButForDimensions(
  space: EmbeddingSpace,
  wanted: Omit<EmbeddingSpace, 'dimensions'>,
): boolean {
  const keys = Object.keys(wanted) as (keyof typeof wanted)[];
  return keys.every((key) => space[key] === wanted[key]);
}

async function askDimensions(
  client: OpenAiClient,
  model: string,
  { mayAskDimensions }: ProviderDeps,
  signal: AbortSignal,
): Promise<number> {
  if (!mayAskDimensions) {
    throw new Failure(
      'badSettings',
      `Nothing was sent: how many dimensions ${model} has is unknown until it is used once. Say how many.`,
    );
  }
  const request = { model, texts: ['dimensions'], ask: null, expect: null };
  const { outcomes } = await client.embed(request, () => undefined, signal);
  const outcome = outcomes[0]!;
  if (outcome.kind === 'vector') return outcome.vector.length;
  throw new Failure('badAnswer', outcome.reason, { provider: 'openai' });
}
