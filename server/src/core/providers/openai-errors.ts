import type { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { Failure } from '../errors.ts';
import { TextsRefused } from './refused-texts.ts';
import { RetryableFailure, askedWait } from './retry.ts';

/** What an error is about, as far as its words need it. */
export interface RequestContext {
  /** Provider kind. */
  readonly provider: string;
  /** How the user knows the endpoint: `OpenAI`, or its host. */
  readonly name: string;
  readonly host: string;
  readonly hadKey: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The SDK's classes, which are loaded only with the SDK. */
export interface SdkErrors {
  readonly APIError: typeof APIError;
  readonly APIConnectionError: typeof APIConnectionError;
  readonly APIConnectionTimeoutError: typeof APIConnectionTimeoutError;
}

const QUOTA_CODES = new Set([
  'insufficient_quota',
  'billing_not_active',
  'billing_hard_limit_reached',
]);
/** Nobody is there: waiting long helps no one. */
const ABSENT_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH']);
const ATTEMPTS_WHEN_ABSENT = 3;
const TLS_CODE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/**
 * Any error of one request as a Failure. Its message is ours alone and it keeps no cause: the SDK's
 * errors carry the answer's headers and body, which may repeat the text or the key.
 */
export function failureOfRequest(error: unknown, sdk: SdkErrors, about: RequestContext): Failure {
  if (error instanceof sdk.APIConnectionTimeoutError) {
    return new RetryableFailure('unreachable', `${about.name} did not answer in time.`, {
      provider: about.provider,
      host: about.host,
    });
  }
  if (error instanceof sdk.APIConnectionError) return failureOfConnection(error.cause, about);
  if (error instanceof sdk.APIError && error.status !== undefined) {
    return failureOfStatus(error as APIError & { status: number }, about);
  }
  if (error instanceof SyntaxError) {
    return new RetryableFailure(
      'badAnswer',
      `${about.name} sent an answer that is cut short or not JSON.`,
      { provider: about.provider, host: about.host },
      { attempts: 2 },
    );
  }
  return error instanceof Failure
    ? withEndpoint(error, about)
    : new Failure('internal', `The request to ${about.name} could not be made.`, {
        provider: about.provider,
        host: about.host,
      });
}

function failureOfStatus(error: APIError & { status: number }, about: RequestContext): Failure {
  const { name } = about;
  const { status } = error;
  const options = { provider: about.provider, host: about.host, status };
  const afterMs = error.headers === undefined ? null : askedWait(error.headers, about.nowMs);
  if (
    status === 402 ||
    QUOTA_CODES.has(String(error.code)) ||
    QUOTA_CODES.has(String(error.type))
  ) {
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
    case 413:
    case 422:
      return new TextsRefused('refused', `${name} refused the text (${status}).`, options);
    case 429:
      return new RetryableFailure('rateLimited', `${name} asks to wait (429).`, options, {
        afterMs,
      });
    case 408:
    case 409:
      return new RetryableFailure('unreachable', `${name} answered ${status}.`, options, {
        afterMs,
      });
    default:
      return status >= 500
        ? new RetryableFailure('unreachable', `${name} answered ${status}.`, options, { afterMs })
        : new Failure('refused', `${name} answered ${status}.`, options);
  }
}

function failureOfConnection(cause: unknown, about: RequestContext): Failure {
  const { name, provider, host } = about;
  const ours = causes(cause).find((error) => error instanceof Failure);
  if (ours !== undefined) return withEndpoint(ours, about);
  if (causes(cause).some(({ message }) => message === 'unexpected redirect')) {
    return new Failure(
      'badSettings',
      `${host} sends requests on to another address. Nothing was sent there: set the base URL itself.`,
      { provider, host },
    );
  }
  const code =
    causes(cause)
      .map(codeOf)
      .find((found) => found !== null) ?? null;
  if (code !== null && TLS_CODE.test(code)) {
    return new Failure('tls', `${host}’s certificate is not trusted (${code}).`, {
      provider,
      host,
    });
  }
  const why = code === null ? '' : ` (${code})`;
  return new RetryableFailure(
    'unreachable',
    `${name} cannot be reached${why}.`,
    { provider, host },
    code !== null && ABSENT_CODES.has(code) ? { attempts: ATTEMPTS_WHEN_ABSENT } : {},
  );
}

function withEndpoint(failure: Failure, { name, provider, host }: RequestContext): Failure {
  const Kind = failure instanceof TextsRefused ? TextsRefused : Failure;
  return new Kind(failure.kind, `${name}: ${failure.message}`, { provider, host });
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
