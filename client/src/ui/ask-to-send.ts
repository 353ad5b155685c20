import * as vscode from 'vscode';
import { endpointOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { defaultModel } from './model-rows.ts';
import { providerName } from './provider-name.ts';

/**
 * Whether the command may go on: asks once per workspace and origin before any text leaves this
 * computer. False when the user said no.
 */
export async function askToSend(parts: Parts): Promise<boolean> {
  const settings = parts.sync.settings();
  const endpoint = endpointOf(settings);
  // Without trust the built-in model answers; an unusable address is the server's error to report.
  if (endpoint?.origin == null || !vscode.workspace.isTrusted) return true;
  if (parts.consent.allows(endpoint)) return true;

  const send = vscode.l10n.t('Send and Index');
  const builtIn = vscode.l10n.t('Use Built-in Model');
  const host = new URL(endpoint.origin).host;
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Send code from “{0}” to {1}?',
      vscode.workspace.name ?? vscode.l10n.t('this window'),
      host,
    ),
    {
      modal: true,
      detail: vscode.l10n.t(
        '{0} runs at {1} ({2}). The text of this workspace’s files, and what you search for, would be sent there; what is already cached would not. Withdraw at any time under Review Sending Permissions.',
        endpoint.model || defaultModel(endpoint.provider) || vscode.l10n.t('The model'),
        host,
        providerName(endpoint.provider, vscode.l10n),
      ),
    },
    send,
    builtIn,
  );
  if (answer === send) {
    await parts.consent.give(endpoint.origin);
  } else if (answer === builtIn) {
    await vscode.workspace
      .getConfiguration('embeddingCache')
      .update('provider', 'embedded', vscode.ConfigurationTarget.Global);
  } else {
    return false;
  }
  // What the command asks next must find the server already knowing.
  await parts.sync.push(parts.server, parts.api);
  return true;
}
