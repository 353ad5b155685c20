import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import { boundedFetch } from './bounded-fetch.ts';
import type { Exchange } from './http-exchange.ts';
import { MAX_ANSWER_BYTES } from './http-exchange.ts';

/** Our own deadline ends a request before the SDK's would. */
const NEVER_MS = 2 ** 31 - 1;

/** The SDK's error for an answer with an error status. */
interface AnsweredError {
  readonly status: number;
  readonly headers: Headers;
  readonly error: unknown;
}

/** Posts to `/embeddings` through OpenAI's own SDK, which is loaded at the first request. */
export const exchangeBySdk: Exchange = async ({ baseUrl, query, headers, body }, fetch, signal) => {
  const sdk = await import('openai');
  const client = new sdk.OpenAI({
    // The SDK insists on a key; the headers below are what is sent, and null sends none.
    apiKey: 'none',
    defaultHeaders: { Authorization: null, ...headers },
    defaultQuery: { ...query },
    baseURL: baseUrl,
    // Null keeps the SDK from taking these out of the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: NEVER_MS,
    fetch: boundedFetch(fetch, MAX_ANSWER_BYTES),
  });
  try {
    const { data, response } = await client.embeddings
      .create(body as EmbeddingCreateParams, { signal })
      .withResponse();
    return { status: response.status, headers: response.headers, body: data };
  } catch (error) {
    const inner = error instanceof sdk.APIConnectionError ? error.cause : null;
    if (inner instanceof Error) throw inner;
    if (error instanceof sdk.APIError && typeof error.status === 'number') {
      const { status, headers: answered, error: said } = error as AnsweredError;
      return { status, headers: answered, body: { error: said } };
    }
    throw error;
  }
};
