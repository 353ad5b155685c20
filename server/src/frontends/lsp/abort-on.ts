import type { CancellationToken } from 'vscode-languageserver/node';

/** A signal that fires with the client's cancellation, or with any of the others. */
export function abortOn(token: CancellationToken, ...others: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return AbortSignal.any([controller.signal, ...others]);
}
