import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';

/** This workspace is searched with the model inside the product from now on: nothing is sent. */
export async function useBuiltInModel(parts: Parts): Promise<void> {
  await parts.model.choose({ provider: 'embedded', model: '', dimensions: null });
  await parts.sync.push(parts.server, parts.api);
  vscode.window.setStatusBarMessage(vscode.l10n.t('This workspace uses the built-in model'), 4000);
}
