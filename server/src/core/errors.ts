/** Why something could not be done; front ends turn it into words, exit codes or statuses. */
export type FailureKind =
  | 'noApiKey'
  | 'apiKeyRefused'
  | 'consentNeeded'
  | 'notFound'
  | 'rateLimited'
  | 'overBudget'
  | 'confirmCost'
  | 'looksSecret'
  | 'quotaExceeded'
  | 'unreachable'
  | 'tls'
  | 'proxy'
  | 'badAnswer'
  | 'refused'
  | 'badSettings'
  | 'notInstalled'
  | 'modelUnusable'
  | 'newerCache'
  | 'unsafeDirectory'
  | 'diskFull'
  | 'damagedCache'
  | 'spendingUnclear'
  | 'cacheUnusable'
  | 'cacheBusy'
  | 'badFile'
  | 'logGrows'
  | 'noWatches'
  | 'internal';

interface FailureOptions extends ErrorOptions {
  /** Provider kind, e.g. `openai`. */
  readonly provider?: string;
  /** Host of the endpoint, without a path: paths and queries may carry secrets. */
  readonly host?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** What could be read of a damaged file. */
  readonly recovery?: Recovery;
  /** Name of the file that may hold secrets, without its folders. */
  readonly file?: string;
  /** The month's limit, where that stopped it. */
  readonly limitUsd?: number;
}

/** Counts of rows. */
export interface Recovery {
  readonly recovered: number;
  readonly total: number;
}

/** The product's own error: what was attempted, what kind of failure, and its cause. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly provider: string | undefined;
  readonly host: string | undefined;
  readonly status: number | undefined;
  readonly recovery: Recovery | undefined;
  readonly file: string | undefined;
  readonly limitUsd: number | undefined;

  constructor(kind: FailureKind, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.provider = options.provider;
    this.host = options.host;
    this.status = options.status;
    this.recovery = options.recovery;
    this.file = options.file;
    this.limitUsd = options.limitUsd;
  }
}

/** Any thrown value as a Failure; what is not ours becomes `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', message, { cause: error });
}
