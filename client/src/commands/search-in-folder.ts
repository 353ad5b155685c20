import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { searchWithin } from './search-workspace.ts';

/** Quick search in one folder of the explorer. */
export async function searchInFolder(parts: Parts, argument?: unknown): Promise<void> {
  if (!(argument instanceof vscode.Uri)) return;
  const folder = vscode.workspace.getWorkspaceFolder(argument);
  if (folder === undefined) return;
  const isWhole = argument.toString() === folder.uri.toString();
  const path = isWhole ? {} : { path: vscode.workspace.asRelativePath(argument, false) };
  await searchWithin(parts, {
    title: vscode.l10n.t('Search in {0}', vscode.workspace.asRelativePath(argument)),
    filters: { folders: [folder.uri.toString()], ...path },
  });
}
