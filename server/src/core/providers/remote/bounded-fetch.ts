import { Failure } from '../../errors.ts';

type Fetch = typeof globalThis.fetch;

/** The only headers that leave: an SDK adds facts of this machine and headers from the environment. */
const SENT_HEADERS = new Set([
  'accept',
  'api-key',
  'authorization',
  'content-type',
  'user-agent',
  'x-goog-api-key',
]);

/**
 * A fetch that follows no redirect, sends no header but the needed ones, and resolves only when the
 * whole body is in: so a deadline or signal around it covers the body too. An answer above
 * `maxBytes`, after decompression, is cut off with Failure `badAnswer`.
 */
export function boundedFetch(fetch: Fetch, maxBytes: number): Fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of [...headers.keys()]) if (!SENT_HEADERS.has(name)) headers.delete(name);
    const response = await fetch(input, { ...init, headers, redirect: 'error' });
    const body = response.body === null ? null : await bytesOf(response.body, maxBytes);
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

async function bytesOf(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, which closes the connection.
  for await (const part of body) {
    length += part.byteLength;
    if (length > maxBytes) {
      throw new Failure('badAnswer', `The answer is larger than ${maxBytes} bytes.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
