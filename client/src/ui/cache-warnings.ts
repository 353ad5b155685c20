import * as vscode from 'vscode';
import type { ErrorData, ErrorKind } from '../../../server/protocol/errors.ts';
import { wordsOfData } from '../error-words.ts';
import type { ServerApi } from '../server-api.ts';

/** Says once per cause and session that the cache goes on with less than it should. */
export function showCacheWarnings(api: ServerApi): vscode.Disposable {
  const shown = new Set<ErrorKind>();
  return api.onCacheProblem((problem) => {
    if (shown.has(problem.kind)) return;
    shown.add(problem.kind);
    void show(problem);
  });
}

async function show(problem: ErrorData): Promise<void> {
  const { message, button } = wordsOfData(problem, vscode.l10n);
  const answer = await vscode.window.showWarningMessage(message, button.title);
  if (answer === button.title) {
    await vscode.commands.executeCommand(button.command, ...button.arguments);
  }
}
