import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { providerName } from '../ui/provider-name.ts';

/** Lists the stored keys by provider and origin; choosing one removes it. */
export async function removeApiKey(parts: Parts): Promise<void> {
  const rows = (await parts.keys.owners()).map((owner) => ({
    label: providerName(owner.provider, vscode.l10n),
    description: owner.origin,
    owner,
  }));
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No API key is stored.'));
    return;
  }
  const title = vscode.l10n.t('Remove API Key');
  const picked = await vscode.window.showQuickPick(rows, { title });
  if (picked === undefined) return;
  await parts.keys.remove(picked.owner);
  const message = vscode.l10n.t('Removed the key for {0}', picked.owner.origin);
  vscode.window.setStatusBarMessage(message, 4000);
}
