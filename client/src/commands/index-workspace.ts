import * as vscode from 'vscode';
import type { IndexProgress, IndexReport } from '../../../server/protocol/index-report.ts';
import { NotSent } from '../server-errors.ts';
import type { Parts } from '../parts.ts';
import { askToSend } from '../ui/ask-to-send.ts';
import { confirmCost } from '../ui/confirm-cost.ts';
import { indexedShare } from '../ui/indexed-share.ts';
import { count, duration } from '../ui/numbers.ts';
import { requireFolder } from './require-folder.ts';

/** Indexes the open folders, with progress and a cancel button. Gives the report of the run. */
export async function indexWorkspace(parts: Parts): Promise<IndexReport | null> {
  if (!(await requireFolder())) return null;
  const consented = await askToSend(parts);
  if (consented === 'refused') return null;
  if (consented === 'allowed' && !(await confirmCost(parts))) return null;
  await parts.use.markUsed();
  // A model chosen just now: otherwise the run would be with the one before, and then be cancelled.
  await parts.sync.push(parts.server, parts.api);
  const report = await runWithProgress(parts);
  const { monthlyUsd: limitUsd } = parts.sync.settings();
  if (report.withheld.overBudget > 0 && limitUsd !== null) {
    throw new NotSent({ kind: 'overBudget', limitUsd });
  }
  return report;
}

function runWithProgress(parts: Parts): Thenable<IndexReport> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Embedding Cache: indexing'),
      cancellable: true,
    },
    async (progress, token) => {
      let shown = 0;
      const subscriptions = [
        token.onCancellationRequested(() => {
          parts.indexing.cancel();
        }),
        parts.indexing.onDidChange((step) => {
          if (step === null) return;
          const share = Math.max(shown, Math.floor(indexedShare(step) * 100));
          progress.report({ message: words(step), increment: share - shown });
          shown = share;
        }),
      ];
      try {
        return await parts.indexing.start();
      } finally {
        for (const subscription of subscriptions) subscription.dispose();
      }
    },
  );
}

function words(step: IndexProgress): string {
  const { filesDone, filesTotal, chunksDone, chunksTotal, tokens, secondsLeft } = step;
  const locale = vscode.env.language;
  const counts = vscode.l10n.t(
    '{0} of {1} files, {2} of {3} chunks',
    count(filesDone, locale),
    count(filesTotal, locale),
    count(chunksDone, locale),
    count(chunksTotal, locale),
  );
  const sent = tokens === 0 ? [] : [vscode.l10n.t('{0} tokens', count(tokens, locale))];
  const left =
    secondsLeft === null ? [] : [vscode.l10n.t('{0} left', duration(secondsLeft, locale))];
  return [counts, ...sent, ...left].join(', ');
}
