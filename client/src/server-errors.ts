import { ERROR_CODE, type ErrorData } from '../../server/protocol/errors.ts';

/** The search process stopped too often and is not restarted by itself. */
export class ServerGaveUp extends Error {
  constructor(options?: ErrorOptions) {
    super('the search process stopped five times in three minutes', options);
    this.name = 'ServerGaveUp';
  }
}

/** The text asked about was kept on this computer. */
export class NotSent extends Error {
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(`not sent: ${data.kind}`);
    this.name = 'NotSent';
    this.data = data;
  }
}

/** What the server says went wrong; null for any other error. */
export function errorDataOf(error: unknown): ErrorData | null {
  if (error instanceof NotSent) return error.data;
  if (!(error instanceof Error) || !('code' in error) || error.code !== ERROR_CODE) return null;
  const data = 'data' in error ? error.data : null;
  if (typeof data !== 'object' || data === null) return null;
  return 'kind' in data && typeof data.kind === 'string' ? (data as ErrorData) : null;
}

/** Somebody asked for the request to end: not a failure. */
export function isCancelled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError' || error.name === 'Canceled') return true;
  // LSP's RequestCancelled and ServerCancelled.
  return 'code' in error && (error.code === -32800 || error.code === -32802);
}

/** The server went away before it answered; the same request may be sent to the next one. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  // JSON-RPC's PendingResponseRejected and ConnectionInactive; ConnectionErrors.Closed, Disposed.
  return [-32097, -32096, 1, 2].includes(error.code as number);
}
