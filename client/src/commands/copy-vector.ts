import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { count } from '../ui/numbers.ts';
import { embedCode } from './embed-code.ts';
import { requireCode } from './require-code.ts';

/** Puts the vector of the selection, or of the symbol at the cursor, on the clipboard. */
export async function copyVector(parts: Parts): Promise<void> {
  const code = await requireCode();
  if (code === null) return;
  const result = await embedCode(parts, code);
  if (result !== null) await copyNumbers(result.vector);
}

export async function copyNumbers(vector: readonly number[]): Promise<void> {
  await vscode.env.clipboard.writeText(JSON.stringify(vector));
  const length = count(vector.length, vscode.env.language);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0} numbers', length), 4000);
}
