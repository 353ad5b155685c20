import { Failure } from '../../errors.ts';
import type { ProviderDeps } from '../provider-deps.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange, HttpAnswer, HttpRequest } from './http-exchange.ts';
import { Pacer } from './pacer.ts';
import type { RequestSize } from './refusal-hint.ts';
import { TextsRefused } from './refused-texts.ts';
import { failureOfStatus, failureOfThrown, type RequestContext } from './request-errors.ts';
import { RetryableFailure, withRetries } from './retry.ts';
import type { Timing } from './timing.ts';
import type { WireFormat } from './wire-format.ts';

export interface CallerOptions {
  /** Provider kind. */
  readonly provider: string;
  /** How the user knows the endpoint: `OpenAI`, or its host. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly query: Readonly<Record<string, string>>;
  readonly keyNeeded: boolean;
  /** Requests that may run at once. */
  readonly concurrency: number;
  keyHeaders(key: string): ReturnType<WireFormat['keyHeaders']>;
  readonly exchange: Exchange;
  readonly timing: Timing;
  readonly deps: Pick<ProviderDeps, 'fetch' | 'apiKeyOf' | 'mayContact'>;
}

export type Call<T> = Pick<HttpRequest, 'method' | 'path' | 'body'> & {
  readonly size: RequestSize;
  /** Called for each request made. */
  readonly onRequest: () => void;
  readonly read: (body: unknown) => Promise<T>;
};

/** Talks to one endpoint: consent, key, pace, deadline and retries are the same for all of them. */
export class RemoteCaller {
  readonly #options: CallerOptions;
  readonly #pacer: Pacer;
  readonly #breaker: CircuitBreaker;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.concurrency, options.timing.clock);
    this.#breaker = new CircuitBreaker(options.timing.clock);
  }

  get host(): string {
    return this.#options.endpoint.host;
  }

  /**
   * What `read` makes of the answer to one request, which is repeated where that may help. Throws
   * Failure, or AbortError when the signal fired.
   */
  call<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const { retry, clock } = this.#options.timing;
    let attempts = 0;
    return withRetries(() => this.#attempt(call, attempts++, signal), retry, clock, signal);
  }

  async #attempt<T>(call: Call<T>, earlier: number, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    this.#checkConsent();
    const key = this.#key();
    this.#checkBreaker(earlier);
    await this.#pacer.enter(call.size.tokens, signal);
    try {
      const result = await this.#exchange(call, key, signal);
      this.#breaker.succeeded();
      this.#pacer.succeeded();
      return result;
    } catch (error) {
      if (error instanceof RetryableFailure) this.#slowDown(error);
      // An endpoint that refuses texts is well.
      else if (error instanceof TextsRefused) this.#breaker.succeeded();
      throw error;
    } finally {
      this.#pacer.leave();
    }
  }

  async #exchange<T>(call: Call<T>, key: string | null, signal: AbortSignal): Promise<T> {
    const { endpoint, query, exchange, timing, deps } = this.#options;
    const { method, path, body, onRequest } = call;
    const headers = key === null ? {} : this.#options.keyHeaders(key);
    const deadline = AbortSignal.timeout(timing.deadlineMs);
    const both = AbortSignal.any([signal, deadline]);
    const request = { method, baseUrl: endpoint.baseUrl, path, query, headers, body };
    onRequest();
    let answer: HttpAnswer;
    try {
      answer = await exchange(request, deps.fetch, both);
      this.#pacer.note(answer.headers);
      if (answer.status >= 200 && answer.status < 300) return await call.read(answer.body);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw this.#lateFailure();
      throw failureOfThrown(error, this.#context(call.size, key));
    }
    throw failureOfStatus(answer, this.#context(call.size, key));
  }

  #slowDown({ kind, afterMs }: RetryableFailure): void {
    if (kind !== 'rateLimited') this.#breaker.failed();
    if (kind !== 'rateLimited' && afterMs === null) return;
    this.#pacer.pause(Math.min(afterMs ?? 0, this.#options.timing.retry.longestAskedMs));
  }

  /** A new call is refused while the endpoint rests; one that was begun waits for it. */
  #checkBreaker(earlier: number): void {
    const restMs = this.#breaker.restsForMs;
    if (restMs === 0) return;
    const { name, provider, endpoint } = this.#options;
    const about = { provider, host: endpoint.host };
    const words = `${name} keeps failing. It is asked again in ${Math.ceil(restMs / 1000)} s.`;
    if (earlier === 0) throw new Failure('unreachable', words, about);
    throw new RetryableFailure('unreachable', words, about, { afterMs: restMs });
  }

  #lateFailure(): Failure {
    const { name, provider, endpoint } = this.#options;
    return new RetryableFailure('unreachable', `${name} did not answer in time.`, {
      provider,
      host: endpoint.host,
    });
  }

  #context(size: RequestSize, key: string | null): RequestContext {
    const { provider, name, endpoint, timing } = this.#options;
    const nowMs = timing.clock.wallMs();
    return { provider, name, host: endpoint.host, hadKey: key !== null, size, nowMs };
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
    const { provider, name, endpoint, keyNeeded, deps } = this.#options;
    const about = { provider, host: endpoint.host };
    const key = deps.apiKeyOf(provider, endpoint.origin)?.trim() ?? '';
    if (key === '') {
      if (keyNeeded) throw new Failure('noApiKey', `${name} needs an API key.`, about);
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
