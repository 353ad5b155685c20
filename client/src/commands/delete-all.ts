import * as vscode from 'vscode';
import type { GarbageReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { cleanedUpWords, deleteQuestion } from '../ui/maintenance-words.ts';
import { backUpCache } from './back-up-cache.ts';

/** Deletes every embedding, text and index, after a question that says what they are worth. */
export async function deleteAll(parts: Parts): Promise<GarbageReport | null> {
  const looking = vscode.l10n.t('looking for what can go');
  const rules = { everything: true, dryRun: true };
  const preview = await maintain(parts, looking, 'collectGarbage', rules);
  const locale = vscode.env.language;
  const { message, detail } = deleteQuestion(preview, locale, vscode.l10n);
  const backUp = vscode.l10n.t('Back Up and Delete');
  const yes = vscode.l10n.t('Delete');
  const options = { modal: true, detail };
  const answer = await vscode.window.showWarningMessage(message, options, backUp, yes);
  if (answer !== backUp && answer !== yes) return null;
  if (answer === backUp) {
    const report = await backUpCache(parts);
    if (report === null || report.damaged.length > 0) return null;
  }
  await parts.indexing.end();
  const report = await maintain(parts, vscode.l10n.t('deleting'), 'deleteAll', {});
  await parts.use.forget();
  void vscode.window.showInformationMessage(cleanedUpWords(report, locale, vscode.l10n));
  return report;
}
