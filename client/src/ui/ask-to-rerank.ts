import * as vscode from 'vscode';
import { rerankerEndpointOf } from '../endpoint.ts';
import type { Parts } from '../parts.ts';
import { providerName } from './provider-name.ts';

/**
 * Asks before hits are sent to the reranker: once per workspace and origin, and again only when the
 * user wants to be asked. A search goes on either way.
 */
export async function askToRerank(parts: Parts, { again }: { again: boolean }): Promise<void> {
  const endpoint = rerankerEndpointOf(parts.sync.settings());
  if (endpoint?.origin == null || !vscode.workspace.isTrusted) return;
  if (parts.consent.allows(endpoint)) return;
  if (!again && parts.consent.hasDeclined(endpoint.origin)) return;
  const { host } = new URL(endpoint.origin);
  const workspace = vscode.workspace.name ?? vscode.l10n.t('this window');
  const send = vscode.l10n.t('Send');
  const without = vscode.l10n.t('Search without Reranking');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send code from “{0}” to {1}?', workspace, host),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The words of each search and the code of its 50 best hits would be sent to {0}, which puts them in order and bills each search. What looks secret is not sent. Withdraw at any time under Review Sending Permissions.',
        providerName(endpoint.provider, vscode.l10n),
      ),
    },
    send,
    without,
  );
  if (answer === send) {
    await parts.consent.give(endpoint.origin);
    // The search that follows must find the server already knowing.
    await parts.sync.push(parts.server, parts.api);
  } else if (answer === without) {
    await parts.consent.decline(endpoint.origin);
  }
}
