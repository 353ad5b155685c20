import { runInSlices } from '../time-slices.ts';
import type { EmbeddingsAnswer } from './read-answer.ts';
import { readAnswer } from './read-answer.ts';
import type { RequestSize } from './refusal-hint.ts';
import { RemoteCaller, type CallerOptions } from './remote-caller.ts';
import type { EmbeddingsRequest, WireFormat } from './wire-format.ts';

interface ClientOptions extends Omit<CallerOptions, 'keyHeaders'> {
  readonly wire: WireFormat;
}

/** Asks one endpoint for embeddings. */
export class RemoteClient {
  readonly #wire: WireFormat;
  readonly #caller: RemoteCaller;

  constructor({ wire, ...options }: ClientOptions) {
    this.#wire = wire;
    this.#caller = new RemoteCaller({ ...options, keyHeaders: (key) => wire.keyHeaders(key) });
  }

  get host(): string {
    return this.#caller.host;
  }

  /**
   * The checked answer to one request, which is repeated where that may help; `onRequest` is called
   * for each. Throws Failure, or AbortError when the signal fired.
   */
  embed(
    request: EmbeddingsRequest,
    size: RequestSize,
    onRequest: () => void,
    signal: AbortSignal,
  ): Promise<EmbeddingsAnswer> {
    const wire = this.#wire;
    // What is sent is what was hashed: UTF-8 has no lone surrogates.
    const texts = request.texts.map((text) => text.toWellFormed());
    return this.#caller.call(
      {
        method: 'POST',
        path: wire.path(request.model),
        body: wire.body({ ...request, texts }),
        size,
        onRequest,
        read: (body) =>
          runInSlices(
            readAnswer(wire.read(body), texts.length, request.expect, request.form),
            signal,
          ),
      },
      signal,
    );
  }

  /** The JSON that a question about the endpoint itself is answered with. Sends no text. */
  ask(path: string, body: object | null, signal: AbortSignal): Promise<unknown> {
    const method = body === null ? 'GET' : 'POST';
    const size = { items: 0, tokens: 0, bytes: 0 };
    const read = (answer: unknown) => Promise.resolve(answer);
    return this.#caller.call(
      { method, path, body, size, onRequest: () => undefined, read },
      signal,
    );
  }
}
