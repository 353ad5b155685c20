import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expectedVector } from './expected-vector.ts';

/** One `POST /v1/embeddings` as it came in. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly model: string;
  /** As sent; null where none was. */
  readonly dimensions: number | null;
  readonly encoding: string | null;
  readonly texts: readonly string[];
}

/** An answer in OpenAI's wire format, which a script may spoil before it is sent. */
export interface WireAnswer {
  object: string;
  data: { object: string; index: number; embedding: string | number[] }[];
  model: string;
  usage: { prompt_tokens: number; total_tokens: number };
}

/** What happens to one request instead of the right answer. */
export type Script =
  /** An error in OpenAI's format, or a redirect when the headers hold `location`. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly code?: string;
      readonly message?: string;
    }
  /** The connection breaks: before the answer, or in the middle of its body. */
  | { readonly kind: 'reset'; readonly midBody?: boolean }
  /** The right answer, but only after `release()`. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The right answer, byte by byte, with this pause after each. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** The right answer, changed: other order, count, numbers … `undefined` sends the argument. */
  | { readonly kind: 'spoil'; readonly change: (answer: WireAnswer) => unknown }
  /** These bytes with status 200. */
  | {
      readonly kind: 'raw';
      readonly body: string | Buffer;
      readonly headers?: Record<string, string>;
    };

export interface OpenAiServerOptions {
  /** Key to insist on; without one every request is let in. */
  readonly apiKey?: string;
  /** Length of the vectors of a model that is not OpenAI's own. Default 64. */
  readonly dimensions?: number;
  /** `float` sends numbers, `base64` base64, whatever was asked. Default: as asked. */
  readonly encoding?: 'float' | 'base64';
  /** A request with such a text gets status 400, as one with a text that is too long does. */
  readonly refuses?: (text: string) => boolean;
  /** Port to listen on, to come back at the same address. Default: any free one. */
  readonly port?: number;
}

/**
 * A real HTTP server on 127.0.0.1 that speaks OpenAI's wire format for embeddings
 * (platform.openai.com/docs/api-reference/embeddings), answers with `expectedVector`, counts what
 * it is asked and, told so by `script`, misbehaves.
 */
export interface OpenAiServer {
  /** To configure as base URL, e.g. `http://127.0.0.1:4711/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  /** Every request for embeddings, whatever became of it. */
  readonly requests: readonly SeenRequest[];
  /** Every text of every request, in order, repeats included. */
  readonly asked: readonly string[];
  /** Texts of requests whose right answer was handed to the network completely. */
  readonly answered: readonly string[];
  /** One script for each of the next requests; null answers that one rightly. */
  script(...scripts: (Script | null)[]): void;
  /** What to do with requests that have no script of their own; null: answer rightly. */
  otherwise(script: Script | null): void;
  /** Resolves when this many requests have come in since the start or `forget`. */
  waitForRequests(count: number): Promise<void>;
  /** Lets held answers go, now and from now on until the next `script` or `otherwise`. */
  release(): void;
  /** Empties `requests`, `asked` and `answered`. */
  forget(): void;
  close(): Promise<void>;
}

/** OpenAI's own lengths; shorter ones are given when asked for. */
const OPENAI_DIMENSIONS: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};

export async function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  const running = new RunningServer(options);
  await running.listen();
  return running;
}

class RunningServer implements OpenAiServer {
  readonly requests: SeenRequest[] = [];
  readonly asked: string[] = [];
  readonly answered: string[] = [];
  baseUrl = '';
  origin = '';
  readonly #options: OpenAiServerOptions;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #stop = new AbortController();
  readonly #waiters: { count: number; resolve: () => void }[] = [];
  #scripts: (Script | null)[] = [];
  #otherwise: Script | null = null;
  #gate = Promise.withResolvers<undefined>();
  #gateIsOpen = false;

  constructor(options: OpenAiServerOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    const listening = Promise.withResolvers<undefined>();
    this.#server.once('error', listening.reject);
    this.#server.listen(this.#options.port ?? 0, '127.0.0.1', () => {
      listening.resolve(undefined);
    });
    await listening.promise;
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.baseUrl = `${this.origin}/v1`;
  }

  script(...scripts: (Script | null)[]): void {
    this.#scripts.push(...scripts);
    this.#closeGate();
  }

  otherwise(script: Script | null): void {
    this.#otherwise = script;
    this.#closeGate();
  }

  waitForRequests(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ count, resolve }));
  }

  release(): void {
    this.#gateIsOpen = true;
    this.#gate.resolve(undefined);
  }

  forget(): void {
    for (const list of [this.requests, this.asked, this.answered]) list.length = 0;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.release();
    const closed = Promise.withResolvers<undefined>();
    this.#server.close(() => {
      closed.resolve(undefined);
    });
    this.#server.closeAllConnections();
    await closed.promise;
  }

  /** Answers that wait at the gate already stay there, so a gate never opened is kept. */
  #closeGate(): void {
    if (!this.#gateIsOpen) return;
    this.#gateIsOpen = false;
    this.#gate = Promise.withResolvers();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The other side may hang up at any time: tests do so on purpose.
    response.on('error', () => undefined);
    try {
      await this.#answer(request, response);
    } catch (error) {
      if (!request.socket.destroyed && !this.#stop.signal.aborted) throw error;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const path = request.url ?? '';
    if (request.method !== 'POST' || !path.endsWith('/embeddings')) {
      sendError(response, 404, { message: `Unknown request URL: ${path}` });
      return;
    }
    const seen = seenRequest(request, body);
    const script = this.#note(seen);
    const { apiKey, refuses } = this.#options;
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
      const given = request.headers.authorization ?? '';
      sendError(response, 401, {
        message: `Incorrect API key provided: ${given.replace('Bearer ', '')}.`,
        code: 'invalid_api_key',
      });
      return;
    }
    if (refuses !== undefined && seen.texts.some(refuses)) {
      sendError(response, 400, { message: "This model's maximum context length is 8192 tokens." });
      return;
    }
    await this.#perform(script, seen, response);
  }

  #note(seen: SeenRequest): Script | null {
    this.requests.push(seen);
    this.asked.push(...seen.texts);
    for (const { count, resolve } of this.#waiters) if (this.requests.length >= count) resolve();
    return this.#scripts.length > 0 ? this.#scripts.shift()! : this.#otherwise;
  }

  async #perform(script: Script | null, seen: SeenRequest, response: ServerResponse) {
    switch (script?.kind) {
      case 'status': {
        for (const [name, value] of Object.entries(script.headers ?? {})) {
          response.setHeader(name, value);
        }
        sendError(response, script.status, script);
        return;
      }
      case 'reset':
        if (script.midBody === true) {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.write('{"object":"list","data":[');
          await wait(20);
        }
        response.socket?.resetAndDestroy();
        return;
      case 'raw':
        response.writeHead(200, { 'content-type': 'application/json', ...script.headers });
        response.end(script.body);
        return;
      case 'spoil': {
        const answer = this.#rightAnswer(seen);
        sendJson(response, script.change(answer) ?? answer);
        return;
      }
      case 'drip': {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (const byte of JSON.stringify(this.#rightAnswer(seen))) {
          response.write(byte);
          await wait(script.ms, undefined, { signal: this.#stop.signal });
        }
        response.end();
        return;
      }
      case 'hold':
        await this.#gate.promise;
        break;
      case 'delay':
        await wait(script.ms, undefined, { signal: this.#stop.signal });
        break;
      case undefined:
    }
    response.once('finish', () => this.answered.push(...seen.texts));
    sendJson(response, this.#rightAnswer(seen));
  }

  #rightAnswer({ texts, model, dimensions, encoding }: SeenRequest): WireAnswer {
    const length = dimensions ?? OPENAI_DIMENSIONS[model] ?? this.#options.dimensions ?? 64;
    const asBase64 = (this.#options.encoding ?? encoding) === 'base64';
    const tokens = texts.reduce((sum, text) => sum + wireTokens(text), 0);
    return {
      object: 'list',
      data: texts.map((text, index) => {
        const vector = expectedVector(text, model, length);
        const embedding = asBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector];
        return { object: 'embedding', index, embedding };
      }),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  }
}

/** Tokens the server bills for a text: one for every four characters begun. */
export function wireTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function seenRequest(request: IncomingMessage, body: string): SeenRequest {
  const { input, model, dimensions, encoding_format } = JSON.parse(body) as {
    input: string | string[];
    model: string;
    dimensions?: number;
    encoding_format?: string;
  };
  return {
    path: request.url ?? '',
    headers: request.headers,
    model,
    dimensions: dimensions ?? null,
    encoding: encoding_format ?? null,
    texts: typeof input === 'string' ? [input] : input,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

function sendError(
  response: ServerResponse,
  status: number,
  { message = `status ${status}`, code }: { message?: string; code?: string },
): void {
  response.statusCode = status;
  sendJson(response, {
    error: { message, type: 'invalid_request_error', param: null, code: code ?? null },
  });
}
