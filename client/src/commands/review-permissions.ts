import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';

/** Lists where this workspace's text may be sent; choosing one withdraws it. */
export async function reviewPermissions(parts: Parts): Promise<void> {
  const origins = parts.consent.origins();
  const title = vscode.l10n.t('Sending Permissions of This Workspace');
  if (origins.length === 0) {
    const label = vscode.l10n.t('Nothing may be sent from this workspace');
    const description = vscode.l10n.t('You are asked before the first text leaves this computer');
    await vscode.window.showQuickPick([{ label, description }], { title });
    return;
  }
  const rows = origins.map((origin) => ({
    label: origin,
    description: vscode.l10n.t('choose to withdraw'),
  }));
  const picked = await vscode.window.showQuickPick(rows, { title });
  if (picked !== undefined) await parts.consent.withdraw(picked.label);
}
