import * as vscode from 'vscode';
import type { Maintenance, MaintenanceAction } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';

/** Looks after the cache, with progress and a cancel button. Throws when it is cancelled. */
export function maintain<A extends MaintenanceAction>(
  { api }: Parts,
  title: string,
  action: A,
  params: Maintenance[A][0],
): Thenable<Maintenance[A][1]> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Embedding Cache: ${title}`,
      cancellable: true,
    },
    async (progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => {
        abort.abort();
      });
      let shown = 0;
      try {
        return await api.maintain(
          action,
          params,
          ({ done, total }) => {
            const share = total === 0 ? 0 : Math.max(shown, Math.floor((done / total) * 100));
            progress.report({ message: `${share}%`, increment: share - shown });
            shown = share;
          },
          abort.signal,
        );
      } finally {
        subscription.dispose();
      }
    },
  );
}
