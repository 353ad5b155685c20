import * as vscode from 'vscode';
import { possibleKeyOwners } from '../api-key-owner.ts';
import type { Parts } from '../parts.ts';
import type { KeyOwner } from '../secrets.ts';
import { providerName } from '../ui/provider-name.ts';

/** Asks for an API key and keeps it for the configured origin. */
export async function setApiKey(parts: Parts): Promise<void> {
  const settings = parts.sync.settings();
  const owners = possibleKeyOwners(settings);
  const configured = owners.find(({ provider }) => provider === settings.provider);
  const owner = configured ?? (owners.length === 1 ? owners[0] : await pickOwner(owners));
  if (owner !== undefined) await askForKey(parts, owner);
}

/** Whether a key was stored. */
export async function askForKey(parts: Parts, owner: KeyOwner): Promise<boolean> {
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('API Key: {0}', providerName(owner.provider, vscode.l10n)),
    prompt: vscode.l10n.t(
      'Kept in the secret storage of the editor, and sent to {0} only.',
      owner.origin,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^[\x21-\x7e]+$/.test(value.trim())
        ? null
        : vscode.l10n.t('A key is one line of letters, digits and signs.'),
  });
  if (key === undefined) return false;
  await parts.keys.store(owner, key.trim());
  vscode.window.setStatusBarMessage(vscode.l10n.t('Stored the key for {0}', owner.origin), 4000);
  return true;
}

async function pickOwner(owners: readonly KeyOwner[]): Promise<KeyOwner | undefined> {
  const rows = owners.map((owner) => ({
    label: providerName(owner.provider, vscode.l10n),
    description: owner.origin,
    owner,
  }));
  const title = vscode.l10n.t('Set API Key');
  return (await vscode.window.showQuickPick(rows, { title }))?.owner;
}
