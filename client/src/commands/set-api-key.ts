import * as vscode from 'vscode';
import { possibleKeyOwners } from '../api-key-owner.ts';
import type { Parts } from '../parts.ts';
import type { KeyOwner } from '../secrets.ts';
import { providerName } from '../ui/provider-name.ts';

/** Asks for an API key and keeps it for the configured origin. */
export async function setApiKey(parts: Parts): Promise<void> {
  const settings = parts.sync.settings();
  const owners = possibleKeyOwners(settings);
  const used = owners.filter(({ provider }) =>
    [settings.provider, settings.reranker].includes(provider),
  );
  const choices = used.length > 0 ? used : owners;
  const owner = choices.length === 1 ? choices[0] : await pickOwner(choices);
  if (owner !== undefined) await askForKey(parts, owner);
}

/** Whether a key was stored. A key stored for another address is never offered for this one. */
export async function askForKey(parts: Parts, owner: KeyOwner): Promise<boolean> {
  if (!(await mayGoToNewOrigin(parts, owner))) return false;
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
  // What is asked for next is asked for with this key.
  await parts.sync.push(parts.server, parts.api);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Stored the key for {0}', owner.origin), 4000);
  return true;
}

/** Somebody may have changed the address: whoever has a key for it elsewhere is told so first. */
async function mayGoToNewOrigin(parts: Parts, { provider, origin }: KeyOwner): Promise<boolean> {
  const ofProvider = (await parts.keys.owners()).filter((owner) => owner.provider === provider);
  const [other] = ofProvider;
  if (other === undefined || ofProvider.some((owner) => owner.origin === origin)) return true;
  const name = providerName(provider, vscode.l10n);
  const enter = vscode.l10n.t('Enter Another Key');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send your {0} key to {1}?', name, new URL(origin).host),
    {
      modal: true,
      detail: vscode.l10n.t('This key was stored for {0}.', new URL(other.origin).host),
    },
    enter,
  );
  return answer === enter;
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
