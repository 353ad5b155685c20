import * as vscode from 'vscode';
import { ignoreLine, withLine } from '../ignore-line.ts';
import type { Parts } from '../parts.ts';

const ignoreFile = '.embeddingignore';

/** Leaves a file or folder of the explorer out by a line in `.embeddingignore`; can be undone. */
export async function excludeFromIndex(_parts: Parts, argument?: unknown): Promise<void> {
  if (!(argument instanceof vscode.Uri) || !vscode.workspace.isTrusted) return;
  const folder = vscode.workspace.getWorkspaceFolder(argument);
  const path = vscode.workspace.asRelativePath(argument, false);
  if (!folder || path === argument.fsPath || argument.path === folder.uri.path) return;
  if (/[\r\n]/.test(path)) {
    const message = vscode.l10n.t('A name with a line break cannot stand in {0}.', ignoreFile);
    await vscode.window.showWarningMessage(message);
    return;
  }
  const { type } = await vscode.workspace.fs.stat(argument);
  const line = ignoreLine(path, (type & vscode.FileType.Directory) !== 0);
  const file = vscode.Uri.joinPath(folder.uri, ignoreFile);
  const before = await textOf(file);
  const after = withLine(before ?? '', line);
  await write(file, after);
  const undo = vscode.l10n.t('Undo');
  const message = vscode.l10n.t('{0} leaves out {1}.', ignoreFile, path);
  if ((await vscode.window.showInformationMessage(message, undo)) !== undo) return;
  // Only what this command wrote is taken back.
  if ((await textOf(file)) !== after) {
    await vscode.window.showTextDocument(file);
  } else if (before === null) await vscode.workspace.fs.delete(file);
  else await write(file, before);
}

/** Null where there is no such file. */
async function textOf(file: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return null;
    throw error;
  }
}

async function write(file: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}
