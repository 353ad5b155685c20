import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';

/** Downloads what runs local models, after asking; says so at the end. */
export async function installRuntime(parts: Parts): Promise<boolean> {
  const install = vscode.l10n.t('Install');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Install what runs local models?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'npm downloads @huggingface/transformers, about 150 MB, and puts it beside the cache, where it takes about 250 MB. No install script is run, and no model is downloaded. npm comes with Node.js.',
      ),
    },
    install,
  );
  if (answer !== install) return false;
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Embedding Cache: installing what runs local models'),
      cancellable: true,
    },
    async (_, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => {
        abort.abort();
      });
      try {
        await parts.api.request('embeddingCache/installRuntime', null, abort.signal);
      } finally {
        subscription.dispose();
      }
    },
  );
  return true;
}

/** The command of that name. */
export async function installRuntimeCommand(parts: Parts): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  if (!(await installRuntime(parts))) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'What runs local models is installed. Choose one with “Select Embedding Model…”.',
    ),
  );
}
