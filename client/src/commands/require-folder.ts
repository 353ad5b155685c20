import * as vscode from 'vscode';

/** Whether a folder is open; offers to open one where not. */
export async function requireFolder(): Promise<boolean> {
  if ((vscode.workspace.workspaceFolders ?? []).length > 0) return true;
  const open = vscode.l10n.t('Open Folder');
  const message = vscode.l10n.t('Open a folder to search it. Embed Selection works without one.');
  const answer = await vscode.window.showInformationMessage(message, open);
  if (answer === open) await vscode.commands.executeCommand('workbench.action.files.openFolder');
  return false;
}
