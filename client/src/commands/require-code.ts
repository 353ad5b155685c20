import * as vscode from 'vscode';
import { type CodeAtCursor, codeAtCursor } from '../code-at-cursor.ts';

/** The code the command is about; says what to select where there is none. */
export async function requireCode(): Promise<CodeAtCursor | null> {
  const editor = vscode.window.activeTextEditor;
  const code = editor === undefined ? null : await codeAtCursor(editor);
  if (code === null) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Select some code, or place the cursor inside a function.'),
    );
  }
  return code;
}
