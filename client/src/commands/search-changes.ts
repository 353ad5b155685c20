import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { searchWithin } from './search-workspace.ts';

/** Quick search in the files that differ from a commit, branch or tag. */
export async function searchChanges(parts: Parts): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const message = vscode.l10n.t('Trust this folder first: only then git is asked.');
    await vscode.window.showInformationMessage(message);
    return;
  }
  const changedSince = await vscode.window.showInputBox({
    title: vscode.l10n.t('Search Changed Files'),
    prompt: vscode.l10n.t('Changed since which commit, branch or tag?'),
    value: 'HEAD',
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Name one.') : null),
  });
  if (changedSince === undefined) return;
  const commit = changedSince.trim();
  await searchWithin(parts, {
    title: vscode.l10n.t('Search Files Changed since {0}', commit),
    filters: { changedSince: commit },
  });
}
