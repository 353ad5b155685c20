import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { embedTitle } from '../ui/embed-title.ts';
import { count } from '../ui/numbers.ts';
import { copyNumbers } from './copy-vector.ts';
import { embedCode } from './embed-code.ts';
import { showSimilar } from './find-similar.ts';
import { requireCode } from './require-code.ts';

/** Embeds the selection or the symbol at the cursor, and offers what can be done with its vector. */
export async function embedSelection(parts: Parts): Promise<void> {
  const code = await requireCode();
  if (code === null) return;
  const result = await embedCode(parts, code);
  if (result === null) return;

  const copy = {
    label: vscode.l10n.t('Copy Vector as JSON'),
    description: vscode.l10n.t('{0} numbers', count(result.dimensions, vscode.env.language)),
  };
  const similar = { label: vscode.l10n.t('Find Similar Code'), description: '' };
  const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const picked = await vscode.window.showQuickPick(hasFolder ? [similar, copy] : [copy], {
    title: embedTitle(result, vscode.env.language, vscode.l10n),
  });
  if (picked === copy) await copyNumbers(result.vector);
  if (picked === similar) await showSimilar(parts, code);
}
