import * as vscode from 'vscode';
import type { ImportParams, ImportReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { importedWords } from '../ui/maintenance-words.ts';

/** Merges a pack, or a folder of the Python package, into the cache. */
export async function importCache(parts: Parts): Promise<ImportReport | null> {
  const source = await pickSource();
  if (source === null) return null;
  const report = await maintain(parts, vscode.l10n.t('importing'), 'import', source);
  const words = importedWords(report, vscode.env.language, vscode.l10n);
  const show =
    report.complete && !report.modelMissing
      ? vscode.window.showInformationMessage
      : vscode.window.showWarningMessage;
  void show(words);
  return report;
}

async function pickSource(): Promise<ImportParams | null> {
  const pack = { label: vscode.l10n.t('Pack of embeddings…'), isPack: true };
  const python = {
    label: vscode.l10n.t('Folder of the Python package embeddingcache…'),
    isPack: false,
  };
  const title = vscode.l10n.t('Import Cache');
  const picked = await vscode.window.showQuickPick([pack, python], { title });
  if (picked === undefined) return null;
  const { isPack } = picked;
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Import'),
      canSelectFiles: isPack,
      canSelectFolders: !isPack,
    })) ?? [];
  if (uri === undefined) return null;
  if (isPack) return { from: uri.fsPath };
  const model = await askForModel(title);
  // The package runs sentence-transformers models, as this provider does.
  return model === null ? null : { from: uri.fsPath, model: { provider: 'transformers', model } };
}

async function askForModel(title: string): Promise<string | null> {
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'Which model made these vectors? Its files do not give the name in full.',
    ),
    placeHolder: 'all-MiniLM-L6-v2',
    validateInput: (text) =>
      text.trim() === '' ? vscode.l10n.t('The name of a sentence-transformers model') : null,
  });
  return answer === undefined ? null : answer.trim();
}
