import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';

/** Says why the active hit of the open list stands where it does. */
export async function explainHit(parts: Parts): Promise<void> {
  const list = parts.shownHits.current;
  if (list !== null) {
    await list.explainActive();
    return;
  }
  const message = vscode.l10n.t('Search first: this explains the result chosen in the list.');
  void vscode.window.showInformationMessage(message);
}
