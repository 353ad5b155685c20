import { request as requestPlain, type ClientRequestArgs } from 'node:http';
import { Agent, request as requestSecure, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** What went wrong on the way through a proxy, not at the endpoint behind it. */
export type ProxyProblem =
  /** It cannot be reached, or does not answer. */
  | 'unreachable'
  /** It wants a name and a password, or others (407). */
  | 'credentials'
  /** It will not or cannot connect to the endpoint. */
  | 'refused';

/** Keeps nothing of what was sent or said: the credentials may be in it. */
export class ProxyError extends Error {
  readonly problem: ProxyProblem;
  /** With its port. */
  readonly proxyHost: string;
  /** System code or HTTP status. */
  readonly detail: string;

  constructor(problem: ProxyProblem, proxyHost: string, detail: string) {
    super(`proxy ${proxyHost}: ${problem} (${detail})`);
    this.problem = problem;
    this.proxyHost = proxyHost;
    this.detail = detail;
  }
}

/** For a proxy that takes the connection and then is silent. */
const TUNNEL_LIMIT_MS = 30_000;

/** Connects through a proxy by CONNECT: it sees the endpoint's host and port, and nothing else. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  /** `name:password`, asked for each tunnel and kept by nobody. */
  readonly #credentialsOf: (proxyOrigin: string) => string | null;
  readonly #ca: AgentOptions['ca'];

  constructor(
    proxy: URL,
    credentialsOf: (proxyOrigin: string) => string | null,
    options: AgentOptions,
  ) {
    super(options);
    this.#proxy = proxy;
    this.#credentialsOf = credentialsOf;
    this.#ca = options.ca;
  }

  override createConnection(
    options: ClientRequestArgs & ConnectionOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#tunnelTo(options).then(
      (socket) => {
        callback(null, connectTls({ ...options, socket }));
      },
      (error: unknown) => {
        callback(error as Error, undefined as never);
      },
    );
  }

  #tunnelTo({ host, port }: ClientRequestArgs): Promise<Duplex> {
    const { protocol, hostname, port: proxyPort, host: proxyHost } = this.#proxy;
    const isSecure = protocol === 'https:';
    const target = `${host?.includes(':') ? `[${host}]` : host}:${port}`;
    const tunnel = Promise.withResolvers<Duplex>();
    const asking = (isSecure ? requestSecure : requestPlain)({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: proxyPort || (isSecure ? 443 : 80),
      path: target,
      headers: { host: target, ...this.#authorization() },
      agent: false,
      timeout: TUNNEL_LIMIT_MS,
      ...(isSecure && this.#ca !== undefined ? { ca: this.#ca } : {}),
    });
    const fail = (problem: ProxyProblem, detail: string) => {
      tunnel.reject(new ProxyError(problem, proxyHost, detail));
    };
    asking.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        tunnel.resolve(socket);
        return;
      }
      socket.destroy();
      fail(statusCode === 407 ? 'credentials' : 'refused', String(statusCode));
    });
    // A server that is no proxy answers as if it were asked for a page.
    asking.once('response', (answer) => {
      answer.destroy();
      fail(answer.statusCode === 407 ? 'credentials' : 'refused', String(answer.statusCode));
    });
    asking.once('timeout', () => {
      fail('unreachable', 'ETIMEDOUT');
      asking.destroy();
    });
    asking.once('error', (error: NodeJS.ErrnoException) => {
      fail('unreachable', error.code ?? 'no answer');
    });
    asking.end();
    return tunnel.promise;
  }

  #authorization(): Record<string, string> {
    const { origin, username, password } = this.#proxy;
    const written = username === '' && password === '' ? null : `${username}:${password}`;
    const pair = written === null ? this.#credentialsOf(origin) : decodeURIComponent(written);
    if (pair === null) return {};
    return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
  }
}
