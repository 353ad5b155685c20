import { Failure } from '../errors.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { Endpoint } from './endpoint.ts';
import type { EmbeddingsAnswer } from './openai-answer.ts';
import { readAnswer } from './openai-answer.ts';
import { failureOfRequest } from './openai-errors.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type { Clock, RetryPolicy } from './retry.ts';
import { systemClock, withRetries } from './retry.ts';
import { runInSlices } from './time-slices.ts';

/** How long and how often; tests make it short. */
export interface Timing {
  /** For one request, from its start to the last byte of its answer. */
  readonly deadlineMs: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
}

export const standardTiming: Timing = {
  deadlineMs: 60_000,
  retry: {
    attempts: 6,
    firstBackoffMs: 500,
    longestBackoffMs: 8_000,
    longestAskedMs: 60_000,
    giveUpAfterMs: 180_000,
  },
  clock: systemClock,
};

export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** Length to ask for; null: none is sent. */
  readonly ask: number | null;
  /** Length every vector must have; null: any. */
  readonly expect: number | null;
}

interface ClientOptions {
  /** Provider kind. */
  readonly provider: string;
  /** How the user knows the endpoint: `OpenAI`, or its host. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly keyRequired: boolean;
  readonly timing: Timing;
  readonly deps: Pick<ProviderDeps, 'fetch' | 'apiKeyOf' | 'mayContact' | 'form'>;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Posts to `/embeddings` of one endpoint through OpenAI's SDK, with our own limits around it. */
export class OpenAiClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * The checked answer to one request, which is repeated where that may help; `onRequest` is called
   * for each. Throws Failure, or AbortError when the signal fired.
   */
  embed(
    request: EmbeddingsRequest,
    onRequest: () => void,
    signal: AbortSignal,
  ): Promise<EmbeddingsAnswer> {
    const { retry, clock } = this.#options.timing;
    return withRetries(() => this.#embedOnce(request, onRequest, signal), retry, clock, signal);
  }

  async #embedOnce(
    request: EmbeddingsRequest,
    onRequest: () => void,
    signal: AbortSignal,
  ): Promise<EmbeddingsAnswer> {
    signal.throwIfAborted();
    const { provider, name, endpoint, timing, deps } = this.#options;
    this.#checkConsent();
    const key = this.#key();
    const sdk = await import('openai');
    const client = new sdk.OpenAI({
      // The SDK insists on a key; the header below is what is sent, and null sends none.
      apiKey: key ?? 'none',
      defaultHeaders: { Authorization: key === null ? null : `Bearer ${key}` },
      baseURL: endpoint.baseUrl,
      // Null keeps the SDK from taking these out of the environment.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: timing.deadlineMs,
      fetch: boundedFetch(deps.fetch, MAX_ANSWER_BYTES),
    });
    onRequest();
    try {
      const body: unknown = await client.embeddings.create(
        {
          model: request.model,
          // What is sent is what was hashed: UTF-8 has no lone surrogates.
          input: request.texts.map((text) => text.toWellFormed()),
          // Base64 holds float32.
          encoding_format: deps.form.element === 'float64' ? 'float' : 'base64',
          ...(request.ask === null ? {} : { dimensions: request.ask }),
        },
        { signal },
      );
      const { texts, expect } = request;
      return await runInSlices(readAnswer(body, texts.length, expect, deps.form), signal);
    } catch (error) {
      signal.throwIfAborted();
      const { host } = endpoint;
      const nowMs = timing.clock.wallMs();
      throw failureOfRequest(error, sdk, { provider, name, host, hadKey: key !== null, nowMs });
    }
  }

  #checkConsent(): void {
    const { provider, name, endpoint, deps } = this.#options;
    if (endpoint.loopback || deps.mayContact(endpoint.origin)) return;
    throw new Failure('consentNeeded', `You have not agreed to send text to ${name}.`, {
      provider,
      host: endpoint.host,
    });
  }

  /** Fetched for each request and kept by nobody. */
  #key(): string | null {
    const { provider, name, endpoint, keyRequired, deps } = this.#options;
    const about = { provider, host: endpoint.host };
    const key = deps.apiKeyOf(provider, endpoint.origin)?.trim() ?? '';
    if (key === '') {
      if (keyRequired) throw new Failure('noApiKey', `${name} needs an API key.`, about);
      return null;
    }
    // Else fetch refuses it with an error that repeats it.
    if (!/^[\x21-\x7e]+$/.test(key)) {
      throw new Failure(
        'apiKeyRefused',
        `The API key for ${name} holds characters that no key has: enter it again.`,
        about,
      );
    }
    return key;
  }
}
