import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { requireFolder } from './require-folder.ts';

/** Deletes this workspace's index, after a question. It is made again when it is next used. */
export async function deleteIndex(parts: Parts): Promise<void> {
  if (!(await requireFolder())) return;
  const yes = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t(
    'Search finds nothing until the workspace is indexed again. Embeddings stay in the cache, so that will cost nothing.',
  );
  const question = vscode.l10n.t('Delete the index of this workspace?');
  const options = { modal: true, detail };
  if ((await vscode.window.showWarningMessage(question, options, yes)) !== yes) return;
  await emptyIndex(parts);
  await parts.use.forget();
}

/** Makes this workspace's index anew, from what the cache has. */
export async function rebuildIndex(parts: Parts): Promise<void> {
  if (!(await requireFolder())) return;
  await emptyIndex(parts);
  await vscode.commands.executeCommand('embeddingCache.indexWorkspace');
}

async function emptyIndex({ indexing, api }: Parts): Promise<void> {
  await indexing.end();
  await api.request('embeddingCache/deleteIndex', null, new AbortController().signal);
}
