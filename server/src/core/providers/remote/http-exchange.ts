import { boundedFetch } from './bounded-fetch.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** With a leading slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; null sends none. */
  readonly body: object | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body's JSON; its text where it is none and does not claim to be. */
  readonly body: unknown;
}

/**
 * One request and its whole answer, whatever the status. Throws SyntaxError for JSON cut short, the
 * signal's reason, or what `fetch` throws.
 */
export type Exchange = (
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
) => Promise<HttpAnswer>;

export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Plain documented HTTP: what every provider but OpenAI is spoken to with. */
export const exchangeJson: Exchange = async (request, fetch, signal) => {
  const { method, baseUrl, path, query, headers, body } = request;
  const search = new URLSearchParams(query).toString();
  const url = `${baseUrl}${path}${search === '' ? '' : `?${search}`}`;
  const response = await boundedFetch(fetch, MAX_ANSWER_BYTES)(url, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    signal,
  });
  return { status: response.status, headers: response.headers, body: await bodyOf(response) };
};

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    const isError = !response.ok || text === '';
    if (isError || !(response.headers.get('content-type') ?? '').includes('json')) return text;
    throw error;
  }
}
