import { Failure } from '../../errors.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { ProxyError } from './proxy-tunnel.ts';
import { hintOf, type RequestSize } from './refusal-hint.ts';
import { TextsRefused } from './refused-texts.ts';
import { RetryableFailure, askedWait } from './retry.ts';
import { isRecord, stringOrNull, valueAt } from './wire-format.ts';

/** What an error is about, as far as its words need it. */
export interface RequestContext {
  /** Provider kind. */
  readonly provider: string;
  /** How the user knows the endpoint: `OpenAI`, or its host. */
  readonly name: string;
  readonly host: string;
  readonly hadKey: boolean;
  readonly size: RequestSize;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

const QUOTA_CODES = new Set([
  'insufficient_quota',
  'billing_not_active',
  'billing_hard_limit_reached',
]);
/** Nobody is there: waiting long helps no one. */
const ABSENT_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH']);
const ATTEMPTS_WHEN_ABSENT = 3;
/** With these statuses a proxy says that the endpoint behind it does not answer now. */
const PASSING = new Set(['502', '503', '504']);
const TLS_CODE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/**
 * An answer with an error status as a Failure. Its message is ours alone: the answer's headers and
 * body may repeat the text or the key.
 */
export function failureOfStatus(answer: HttpAnswer, about: RequestContext): Failure {
  const { name } = about;
  const { status } = answer;
  const options = { provider: about.provider, host: about.host, status };
  const { codes, words } = saidBy(answer.body);
  if (status === 402 || codes.some((code) => QUOTA_CODES.has(code))) {
    return new Failure('quotaExceeded', `The quota or credit at ${name} is used up.`, options);
  }
  switch (status) {
    case 401:
    case 403:
      return about.hadKey
        ? new Failure('apiKeyRefused', `${name} refused the API key (${status}).`, options)
        : new Failure('noApiKey', `${name} needs an API key.`, options);
    case 404:
    case 405:
    case 501:
      return new Failure(
        'notFound',
        `${about.host} answered ${status}: wrong address, or no such model.`,
        options,
      );
    case 400:
      // Google says so of a key that it does not know.
      if (/api key not valid|API_KEY_INVALID/i.test(words)) {
        return new Failure('apiKeyRefused', `${name} refused the API key (400).`, options);
      }
      return refused(answer.status, words, about);
    case 413:
    case 422:
      return refused(answer.status, words, about);
    case 429:
      return new RetryableFailure('rateLimited', `${name} asks to wait (429).`, options, {
        afterMs: askedWait(answer.headers, about.nowMs) ?? retryInfoMs(answer.body),
      });
    case 408:
    case 409:
      return new RetryableFailure('unreachable', `${name} answered ${status}.`, options, {
        afterMs: askedWait(answer.headers, about.nowMs),
      });
    default:
      if (status < 500) return new Failure('refused', `${name} answered ${status}.`, options);
      // Ollama and llama.cpp refuse what is too long with 500: asking again would not help.
      if (hintOf(status, words, about.size) !== null) return refused(status, words, about);
      return new RetryableFailure('unreachable', `${name} answered ${status}.`, options, {
        afterMs: askedWait(answer.headers, about.nowMs),
      });
  }
}

/** Whatever a request threw as a Failure that keeps no cause: causes repeat headers and bodies. */
export function failureOfThrown(error: unknown, about: RequestContext): Failure {
  const { name, provider, host } = about;
  const chain = causes(error);
  const ours = chain.find((each) => each instanceof Failure);
  if (ours !== undefined) return withEndpoint(ours, about);
  const atProxy = chain.find((each) => each instanceof ProxyError);
  if (atProxy !== undefined) return failureOfProxy(atProxy, provider);
  if (chain.some((each) => each instanceof SyntaxError)) {
    return new RetryableFailure(
      'badAnswer',
      `${name} sent an answer that is cut short or not JSON.`,
      { provider, host },
      { attempts: 2 },
    );
  }
  if (chain.some(({ message }) => message === 'unexpected redirect')) {
    return new Failure(
      'badSettings',
      `${host} sends requests on to another address. Nothing was sent there: set the base URL itself.`,
      { provider, host },
    );
  }
  const code = chain.map(codeOf).find((found) => found !== null) ?? null;
  if (code !== null && TLS_CODE.test(code)) {
    return new Failure('tls', `${host}’s certificate is not trusted (${code}).`, {
      provider,
      host,
    });
  }
  if (code === null && !chain.some((each) => each instanceof TypeError)) {
    return new Failure('internal', `The request to ${name} could not be made.`, { provider, host });
  }
  return new RetryableFailure(
    'unreachable',
    `${name} cannot be reached${code === null ? '' : ` (${code})`}.`,
    { provider, host },
    code !== null && ABSENT_CODES.has(code) ? { attempts: ATTEMPTS_WHEN_ABSENT } : {},
  );
}

function failureOfProxy({ problem, proxyHost, detail }: ProxyError, provider: string): Failure {
  const about = { provider, host: proxyHost };
  switch (problem) {
    case 'unreachable':
      return new RetryableFailure(
        'proxy',
        `The proxy ${proxyHost} cannot be reached (${detail}).`,
        about,
        { attempts: ATTEMPTS_WHEN_ABSENT },
      );
    case 'credentials':
      return new Failure(
        'proxy',
        `The proxy ${proxyHost} asks for a name and password (${detail}).`,
        { ...about, status: 407 },
      );
    case 'refused': {
      const message = `The proxy ${proxyHost} does not connect to the endpoint (${detail}).`;
      const options = { ...about, status: Number(detail) };
      return PASSING.has(detail)
        ? new RetryableFailure('proxy', message, options, { attempts: ATTEMPTS_WHEN_ABSENT })
        : new Failure('proxy', message, options);
    }
    default:
      return problem satisfies never;
  }
}

function refused(status: number, words: string, about: RequestContext): TextsRefused {
  const { name, provider, host, size } = about;
  const hint = hintOf(status, words, size);
  const why = hint?.kind === 'textTooLong' ? `${status}: it is too long` : String(status);
  return new TextsRefused(
    'refused',
    `${name} refused the text (${why}).`,
    { provider, host, status },
    hint,
  );
}

function withEndpoint(failure: Failure, { name, provider, host }: RequestContext): Failure {
  const Kind = failure instanceof TextsRefused ? TextsRefused : Failure;
  return new Kind(failure.kind, `${name}: ${failure.message}`, { provider, host });
}

/** Codes and words of an error body, whichever provider's shape it has. */
function saidBy(body: unknown): { codes: readonly string[]; words: string } {
  const inner = valueAt(body, 'error') ?? body;
  const fields = isRecord(inner)
    ? [inner['code'], inner['type'], inner['status'], inner['message'], inner['detail']]
    : [inner];
  const all = [...fields, valueAt(body, 'message'), valueAt(body, 'detail')];
  const texts = all.filter((each) => typeof each === 'string');
  const nested =
    isRecord(inner) && isRecord(inner['details']) ? JSON.stringify(inner['details']) : '';
  return { codes: texts, words: [...texts, nested].join(' ').slice(0, 4000) };
}

/** Google's `RetryInfo`, which comes in the body instead of a header: `"retryDelay": "34s"`. */
function retryInfoMs(body: unknown): number | null {
  const details = valueAt(body, 'error', 'details');
  if (!Array.isArray(details)) return null;
  for (const detail of details) {
    const delay = stringOrNull(valueAt(detail, 'retryDelay')) ?? '';
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1];
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  return null;
}

/** The error with its causes, outermost first; a connection tried by several addresses has many. */
function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap(causes)];
}

/** System and TLS codes such as ECONNRESET; never free text. */
function codeOf(error: Error): string | null {
  const code = 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : null;
}
