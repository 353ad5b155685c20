import * as vscode from 'vscode';
import type { CostPreview, IndexProgress } from '../../../server/protocol/index-report.ts';
import { endpointOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { errorDataOf } from '../server-errors.ts';
import { count } from './numbers.ts';
import { costList } from './cost-list.ts';

/** What counting came to; `unknown` for a model that must be used once before anything is known. */
export type Counted = CostPreview | 'unknown' | 'stopped';

/** Counts what indexing would send, with progress that the user can stop. Sends nothing. */
export async function countCost(parts: Parts): Promise<Counted> {
  const abort = new AbortController();
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Counting what would be sent'),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      const onProgress = ({ filesDone, filesTotal }: IndexProgress): void => {
        const locale = vscode.env.language;
        const [done, total] = [count(filesDone, locale), count(filesTotal, locale)];
        progress.report({ message: vscode.l10n.t('{0} of {1} files', done, total) });
      };
      try {
        return await countSilently(parts, abort.signal, onProgress);
      } catch (error) {
        if (abort.signal.aborted) return 'stopped';
        throw error;
      }
    },
  );
}

export async function countSilently(
  parts: Parts,
  signal: AbortSignal,
  onProgress: (progress: IndexProgress) => void = () => undefined,
): Promise<CostPreview | 'unknown'> {
  try {
    return await parts.api.preview([], onProgress, signal);
  } catch (error) {
    if (errorDataOf(error)?.kind !== 'badSettings') throw error;
    parts.log.info(`what would be sent cannot be counted: ${String(error)}`);
    return 'unknown';
  }
}

export async function showCostList(parts: Parts, preview: CostPreview): Promise<void> {
  const facts = { host: hostOf(parts), locale: vscode.env.language };
  await parts.documents.show('preview', costList(preview, facts, vscode.l10n));
}

/** Host texts would be sent to; empty for a model on this computer. */
export function hostOf(parts: Parts): string {
  const origin = endpointOf(parts.sync.settings())?.origin;
  return origin == null ? '' : new URL(origin).host;
}
