/** Why something could not be done. The client turns it into words and a button. */
export type ErrorKind =
  /** The provider needs an API key and none is stored. */
  | 'noApiKey'
  /** The provider refused the API key (401, 403). */
  | 'apiKeyRefused'
  /** The user has not agreed to send text to this origin. */
  | 'consentNeeded'
  /** The endpoint answered 404 or 501: wrong address, or no such model. */
  | 'notFound'
  /** The provider asks to wait (429), longer than we do. */
  | 'rateLimited'
  /** This month's limit is reached. */
  | 'overBudget'
  /** Bringing the index up to date would cost more than the user lets pass unasked. */
  | 'confirmCost'
  /** The text, or its file by name, may hold secrets; it was not sent. */
  | 'looksSecret'
  /** The quota or credit at the provider is used up. */
  | 'quotaExceeded'
  /** The endpoint cannot be reached. */
  | 'unreachable'
  /** The endpoint's certificate is not trusted. */
  | 'tls'
  /** The proxy (`host`) cannot be reached, wants credentials (407) or does not connect. */
  | 'proxy'
  /** The provider answered something that is not a valid embedding. */
  | 'badAnswer'
  /** The provider refused the texts (400). */
  | 'refused'
  /** A setting is missing or not usable. */
  | 'badSettings'
  /** The package that runs local models is not installed. */
  | 'notInstalled'
  /** A local model is missing, damaged, or too large for this computer's memory. */
  | 'modelUnusable'
  /** A newer version wrote the cache; it was left untouched. */
  | 'newerCache'
  /** The cache directory cannot be used safely. */
  | 'unsafeDirectory'
  /** The disk is full; the cache keeps new embeddings in memory until there is room. */
  | 'diskFull'
  /** A cache file was damaged; what could be read of it is in a new one, the old one was kept. */
  | 'damagedCache'
  | 'spendingUnclear'
  /** The cache directory cannot be written; new embeddings stay in memory. */
  | 'cacheUnusable'
  /** Another process holds the cache locked; new embeddings stay in memory until it lets go. */
  | 'cacheBusy'
  /** A file or folder the user named cannot be read, written, or is not what it should be. */
  | 'badFile'
  /** Another program keeps a cache file's log from being brought in; it takes room on the disk. */
  | 'logGrows'
  /** The system has no file watches left; folders are looked at every few seconds instead. */
  | 'noWatches'
  /** Anything else. */
  | 'internal';

/** `data` of the JSON-RPC error with which the server answers a request it could not do. */
export interface ErrorData {
  readonly kind: ErrorKind;
  readonly provider?: string;
  readonly host?: string;
  readonly status?: number;
  /** Of a damaged file: embeddings in the new file, and in the old one. */
  readonly recovered?: number;
  readonly total?: number;
  /** Name of the file that may hold secrets. */
  readonly file?: string;
  /** The month's limit, US dollars. */
  readonly limitUsd?: number;
}

/** JSON-RPC code of every error that carries `ErrorData` (LSP reserves −32899…−32800 to itself). */
export const ERROR_CODE = -32001;
