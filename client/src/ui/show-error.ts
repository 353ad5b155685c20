import * as vscode from 'vscode';
import { wordsOf } from '../error-words.ts';
import { errorDataOf, isCancelled } from '../server-errors.ts';

/** Tells the user why the command just run did nothing, and offers what helps. */
export async function showError(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isCancelled(error)) return;
  log.error(logText(error));
  const { message, button } = wordsOf(error, vscode.l10n);
  const answer = await vscode.window.showErrorMessage(message, button.title);
  if (answer === button.title) {
    await vscode.commands.executeCommand(button.command, ...button.arguments);
  }
}

/** An error the server explains needs no stack: it would be that of our own message reader. */
function logText(error: unknown): string {
  const data = errorDataOf(error);
  if (data !== null) return `${data.kind}: ${String(error)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
