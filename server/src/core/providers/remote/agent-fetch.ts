import type { IncomingMessage } from 'node:http';
import { request, type Agent } from 'node:https';
import { Readable, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

type Fetch = typeof globalThis.fetch;

/**
 * `fetch` for https addresses over an agent of one's own, which Node's own fetch does not take: for a
 * proxy, or certificates the system does not know. As strict about redirects, and as silent.
 */
export function agentFetch(agent: Agent): Fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = asked.body === null ? null : Buffer.from(await asked.arrayBuffer());
    let answer: IncomingMessage;
    try {
      answer = await send(asked, body, agent);
    } catch (cause) {
      asked.signal.throwIfAborted();
      throw new TypeError('fetch failed', { cause });
    }
    const { statusCode: status = 0, statusMessage: statusText = '' } = answer;
    if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
      answer.destroy();
      throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
    }
    const headers = new Headers();
    for (const [name, value = ''] of Object.entries(answer.headers)) {
      for (const each of [value].flat()) headers.append(name, each);
    }
    const isEmpty = status === 204 || status === 304;
    const stream = isEmpty ? null : (Readable.toWeb(unpacked(answer)) as ReadableStream);
    if (isEmpty) answer.resume();
    return new Response(stream, { status, statusText, headers });
  };
}

function send(asked: Request, body: Buffer | null, agent: Agent): Promise<IncomingMessage> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const headers = { ...Object.fromEntries(asked.headers), 'accept-encoding': 'gzip, deflate, br' };
  const sending = request(asked.url, {
    method: asked.method,
    headers,
    agent,
    signal: asked.signal,
  });
  sending.once('response', answered.resolve);
  sending.once('error', answered.reject);
  sending.end(body ?? undefined);
  return answered.promise;
}

/** What breaks off breaks off what is read here, too. */
function unpacked(answer: IncomingMessage): Readable {
  const unpack = UNPACK[answer.headers['content-encoding']?.toLowerCase() ?? '']?.();
  return unpack === undefined ? answer : pipeline(answer, unpack, () => undefined);
}

const UNPACK: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
