import path from 'node:path';
import * as vscode from 'vscode';
import type { ExportReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { exportedWords } from '../ui/maintenance-words.ts';
import { count } from '../ui/numbers.ts';

/** Writes embeddings to a pack, for another computer. */
export async function exportCache(parts: Parts): Promise<ExportReport | null> {
  const spaceIds = await pickSpaces(parts);
  if (spaceIds === null) return null;
  const withText = await pickContents();
  if (withText === null) return null;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Cache'),
    saveLabel: vscode.l10n.t('Export'),
    filters: { [vscode.l10n.t('Packs of embeddings')]: ['pack'] },
    defaultUri: vscode.Uri.file(path.join(homeOf(parts), 'embeddings.pack')),
  });
  if (uri === undefined) return null;
  const params = { file: uri.fsPath, withText, ...(spaceIds.length === 0 ? {} : { spaceIds }) };
  const report = await maintain(parts, vscode.l10n.t('exporting'), 'export', params);
  const words = exportedWords(report, path.basename(uri.fsPath), vscode.env.language, vscode.l10n);
  void vscode.window.showInformationMessage(words);
  return report;
}

/** Beside the open folder; without one, beside the cache. */
function homeOf({ stats }: Parts): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? stats.latest?.directory;
  return folder === undefined ? '' : path.dirname(folder);
}

/** None stands for all; null when the user thought better of it. */
async function pickSpaces(parts: Parts): Promise<readonly string[] | null> {
  const { spaces } = await parts.stats.refresh(new AbortController().signal);
  const held = spaces.filter(({ embeddings }) => embeddings > 0);
  if (held.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to export yet.'));
    return null;
  }
  if (held.length === 1) return [];
  const all = { label: vscode.l10n.t('All models'), ids: [] as readonly string[] };
  const each = held.map(({ id, model, embeddings }) => ({
    label: model,
    description: vscode.l10n.t('{0} embeddings', count(embeddings, vscode.env.language)),
    ids: [id],
  }));
  const title = vscode.l10n.t('Export Cache');
  const picked = await vscode.window.showQuickPick([all, ...each], { title });
  return picked?.ids ?? null;
}

async function pickContents(): Promise<boolean | null> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Vectors only'),
        detail: vscode.l10n.t('With the hashes of their texts; the texts stay here'),
        withText: false,
      },
      {
        label: vscode.l10n.t('Vectors and texts'),
        detail: vscode.l10n.t(
          'The texts are your code: give the pack to nobody who may not read it',
        ),
        withText: true,
      },
    ],
    { title: vscode.l10n.t('Export Cache') },
  );
  return picked?.withText ?? null;
}
