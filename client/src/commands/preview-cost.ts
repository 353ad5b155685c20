import * as vscode from 'vscode';
import { endpointOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { costDetail, toSend } from '../ui/cost-words.ts';
import { countCost, hostOf, showCostList } from '../ui/preview-cost.ts';
import { requireFolder } from './require-folder.ts';

/** Says what indexing would send and cost, and sends nothing. */
export async function previewCost(parts: Parts): Promise<void> {
  if (!(await requireFolder())) return;
  const settings = parts.sync.settings();
  if (endpointOf(settings) === null || !vscode.workspace.isTrusted) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('Indexing costs nothing: the built-in model runs on this computer.'),
    );
    return;
  }
  await parts.sync.push(parts.server, parts.api);
  const preview = await countCost(parts);
  if (preview === 'stopped') return;
  if (preview === 'unknown') {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('What would be sent is known once this model was used.'),
    );
    return;
  }
  const locale = vscode.env.language;
  const facts = { host: hostOf(parts), monthlyUsd: settings.monthlyUsd, locale };
  const showFiles = vscode.l10n.t('Show Files');
  const answer = await vscode.window.showInformationMessage(
    `${toSend(preview, locale, vscode.l10n)} ${costDetail(preview, facts, vscode.l10n)}`,
    showFiles,
  );
  if (answer === showFiles) await showCostList(parts, preview);
}
