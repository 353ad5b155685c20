import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Certificate } from './certificates.ts';
import { expectedVector } from './expected-vector.ts';

/** One request for embeddings as it came in. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly model: string;
  /** As sent; null where none was. */
  readonly dimensions: number | null;
  readonly encoding: string | null;
  readonly texts: readonly string[];
  /** Everything that was sent, as the wire format has it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A vector of an answer, which a script may spoil before it is sent. */
export interface ServerItem {
  index: number;
  /** Numbers; anything else is sent as it is. */
  embedding: unknown;
}

/** One provider's wire format, seen from the server. */
export interface ServerWire {
  /** Of every address, e.g. `/v1`. */
  readonly basePath: string;
  /** Length of a model's vectors where none is asked for. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** What a request asks for; null where it asks for no embeddings. */
  readRequest(
    path: string,
    body: Record<string, unknown>,
  ): Omit<SeenRequest, 'path' | 'headers' | 'body'> | null;
  /** The key a request carries. */
  keyIn(headers: IncomingMessage['headers']): string | null;
  answer(seen: SeenRequest, items: readonly ServerItem[], model: string, tokens: number): unknown;
  error(status: number, message: string, code: string | null): unknown;
  /** The answer to a request that is not for embeddings; null: none is known. */
  other?(path: string): unknown;
}

/** What happens to one request instead of the right answer. */
export type Script =
  /** An error in the provider's format, or a redirect when the headers hold `location`. */
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
  /** The right answer in this many pieces, with a pause after each. */
  | { readonly kind: 'pieces'; readonly count: number; readonly ms: number }
  /** The right answer behind a byte-order mark. */
  | { readonly kind: 'bom' }
  /** The right answer, but as from this model. */
  | { readonly kind: 'model'; readonly model: string }
  /** The right answer, billed as so many tokens. */
  | { readonly kind: 'bill'; readonly tokens: number }
  /** The right answer with its vectors changed: other order, count, numbers … */
  | { readonly kind: 'spoil'; readonly change: (items: ServerItem[]) => void }
  /** These bytes with status 200. */
  | {
      readonly kind: 'raw';
      readonly body: string | Buffer;
      readonly headers?: Record<string, string>;
    };

export interface ProviderServerOptions {
  /** Key to insist on; without one every request is let in. */
  readonly apiKey?: string;
  /** Length of the vectors of a model that the wire format does not know. Default 64. */
  readonly dimensions?: number;
  /** `float` sends numbers, `base64` base64, whatever was asked. Default: as asked. */
  readonly encoding?: 'float' | 'base64';
  /** A request with such a text gets status 400. */
  readonly refuses?: (text: string) => boolean;
  /** What it answers then. Default: OpenAI's words for a text that is too long. */
  readonly refusal?: string;
  /** An error for requests that are too large as a whole; null lets one in. */
  readonly limit?: (seen: SeenRequest) => { status: number; message: string } | null;
  /** Port to listen on, to come back at the same address. Default: any free one. */
  readonly port?: number;
  /** Speaks https with this certificate. */
  readonly tls?: Certificate;
}

/**
 * A real HTTP server on 127.0.0.1 that speaks a provider's wire format, answers with `expectedVector`, counts what
 * it is asked and, told so by `script`, misbehaves.
 */
export interface ProviderServer {
  /** To configure as base URL, e.g. `http://127.0.0.1:4711/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  /** Every request for embeddings, whatever became of it. */
  readonly requests: readonly SeenRequest[];
  /** Every text of every request, in order, repeats included. */
  readonly asked: readonly string[];
  /** Texts of requests whose right answer was handed to the network completely. */
  readonly answered: readonly string[];
  /** Connections that were made, whatever came of them. */
  readonly connections: number;
  /** Requests whose other side hung up before they were answered. */
  readonly hungUp: number;
  /** One script for each of the next requests; null answers that one rightly. */
  script(...scripts: (Script | null)[]): void;
  /** What to do with requests that have no script of their own; null: answer rightly. */
  otherwise(script: Script | null | (() => Script | null)): void;
  /** Resolves when this many requests have come in since the start or `forget`. */
  waitForRequests(count: number): Promise<void>;
  /** Lets held answers go, now and from now on until the next `script` or `otherwise`. */
  release(): void;
  /** Empties `requests`, `asked` and `answered`. */
  forget(): void;
  close(): Promise<void>;
}

export async function startProviderServer(
  wire: ServerWire,
  options: ProviderServerOptions = {},
): Promise<ProviderServer> {
  const running = new RunningServer(wire, options);
  await running.listen();
  return running;
}

class RunningServer implements ProviderServer {
  readonly requests: SeenRequest[] = [];
  readonly asked: string[] = [];
  readonly answered: string[] = [];
  hungUp = 0;
  connections = 0;
  baseUrl = '';
  origin = '';
  readonly #wire: ServerWire;
  readonly #options: ProviderServerOptions;
  readonly #server: ReturnType<typeof createServer>;
  readonly #stop = new AbortController();
  readonly #waiters: { count: number; resolve: () => void }[] = [];
  #scripts: (Script | null)[] = [];
  #otherwise: Script | null | (() => Script | null) = null;
  #gate = Promise.withResolvers<undefined>();
  #gateIsOpen = false;

  constructor(wire: ServerWire, options: ProviderServerOptions) {
    this.#wire = wire;
    this.#options = options;
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      void this.#serve(request, response);
    this.#server = options.tls ? createSecureServer(options.tls, serve) : createServer(serve);
    this.#server.on('connection', () => this.connections++);
  }

  async listen(): Promise<void> {
    const listening = Promise.withResolvers<undefined>();
    this.#server.once('error', listening.reject);
    this.#server.listen(this.#options.port ?? 0, '127.0.0.1', () => {
      listening.resolve(undefined);
    });
    await listening.promise;
    const scheme = this.#options.tls ? 'https' : 'http';
    this.origin = `${scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.baseUrl = `${this.origin}${this.#wire.basePath}`;
  }

  script(...scripts: (Script | null)[]): void {
    this.#scripts.push(...scripts);
    this.#closeGate();
  }

  otherwise(script: Script | null | (() => Script | null)): void {
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
    response.on('close', () => {
      if (!response.writableFinished) this.hungUp++;
    });
    try {
      await this.#answer(request, response);
    } catch (error) {
      if (!request.socket.destroyed && !this.#stop.signal.aborted) throw error;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const path = request.url ?? '';
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const asked = this.#wire.readRequest(path, body);
    const { apiKey, refuses, refusal = TOO_LONG, limit } = this.#options;
    const script =
      asked === null ? null : this.#note({ path, headers: request.headers, ...asked, body });
    const given = this.#wire.keyIn(request.headers);
    if (apiKey !== undefined && given !== apiKey) {
      const message = `Incorrect API key provided: ${given ?? ''}.`;
      this.#sendError(response, 401, message, 'invalid_api_key');
      return;
    }
    if (asked === null) {
      const other = this.#wire.other?.(path) ?? null;
      if (other === null) this.#sendError(response, 404, `Unknown request URL: ${path}`);
      else sendJson(response, other);
      return;
    }
    const seen = this.requests.at(-1)!;
    if (refuses !== undefined && seen.texts.some(refuses)) {
      this.#sendError(response, 400, refusal);
      return;
    }
    const tooLarge = limit?.(seen) ?? null;
    if (tooLarge !== null) this.#sendError(response, tooLarge.status, tooLarge.message);
    else await this.#perform(script, seen, response);
  }

  #note(seen: SeenRequest): Script | null {
    this.requests.push(seen);
    this.asked.push(...seen.texts);
    for (const { count, resolve } of this.#waiters) if (this.requests.length >= count) resolve();
    if (this.#scripts.length > 0) return this.#scripts.shift()!;
    return typeof this.#otherwise === 'function' ? this.#otherwise() : this.#otherwise;
  }

  async #perform(script: Script | null, seen: SeenRequest, response: ServerResponse) {
    switch (script?.kind) {
      case 'status': {
        for (const [name, value] of Object.entries(script.headers ?? {})) {
          response.setHeader(name, value);
        }
        const { status, message = `status ${status}`, code } = script;
        this.#sendError(response, status, message, code);
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
      case 'spoil':
        sendJson(response, this.#rightAnswer(seen, script.change));
        return;
      case 'pieces': {
        const text = JSON.stringify(this.#rightAnswer(seen));
        const length = Math.ceil(text.length / script.count);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.once('finish', () => this.answered.push(...seen.texts));
        for (let at = 0; at < text.length; at += length) {
          response.write(text.slice(at, at + length));
          await wait(script.ms, undefined, { signal: this.#stop.signal });
        }
        response.end();
        return;
      }
      case 'bom':
        response.setHeader('content-type', 'application/json');
        response.end(`\ufeff${JSON.stringify(this.#rightAnswer(seen))}`);
        return;
      case 'bill':
        sendJson(response, this.#rightAnswer(seen, undefined, undefined, script.tokens));
        return;
      case 'model':
        sendJson(response, this.#rightAnswer(seen, undefined, script.model));
        return;
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

  #rightAnswer(
    seen: SeenRequest,
    change: (items: ServerItem[]) => void = () => undefined,
    model = seen.model,
    billed?: number,
  ): unknown {
    const { dimensions = 64, encoding = seen.encoding } = this.#options;
    const length = seen.dimensions ?? this.#wire.dimensions[seen.model] ?? dimensions;
    const items = seen.texts.map((text, index): ServerItem => {
      return { index, embedding: [...expectedVector(text, seen.model, length)] };
    });
    change(items);
    const tokens = billed ?? seen.texts.reduce((sum, text) => sum + wireTokens(text), 0);
    const encoded = encoding === 'base64' ? items.map(inBase64) : items;
    return this.#wire.answer(seen, encoded, model, tokens);
  }

  #sendError(response: ServerResponse, status: number, message: string, code?: string): void {
    response.statusCode = status;
    sendJson(response, this.#wire.error(status, message, code ?? null));
  }
}

const TOO_LONG = "This model's maximum context length is 8192 tokens.";

function inBase64({ index, embedding }: ServerItem): ServerItem {
  if (!Array.isArray(embedding) || !embedding.every(Number.isFinite)) return { index, embedding };
  const bytes = Buffer.from(Float32Array.from(embedding as number[]).buffer);
  return { index, embedding: bytes.toString('base64') };
}

/** Tokens the server bills for a text: one for every four characters begun. */
export function wireTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** A string `@1e400` in the value goes out as the bare number, which JSON.stringify cannot write. */
function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value).replace(/"@([^"]+)"/g, '$1'));
}
