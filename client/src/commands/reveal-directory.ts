import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';

/** Shows the cache folder in the system's file manager. */
export async function revealDirectory(parts: Parts): Promise<void> {
  const { directory } = await parts.stats.refresh(new AbortController().signal);
  await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(directory));
}
