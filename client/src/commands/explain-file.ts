import * as vscode from 'vscode';
import type { FileExplanation } from '../../../server/protocol/explain.ts';
import type { Parts } from '../parts.ts';
import { explanationWords } from '../ui/explanation-words.ts';
import { count } from '../ui/numbers.ts';
import { withoutIcons } from '../ui/plain-text.ts';
import { requireFolder } from './require-folder.ts';

interface Row extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** Says why a file is, or is not, indexed: that of the explorer, else that of the editor. */
export async function explainFile(parts: Parts, argument?: unknown): Promise<void> {
  if (!(await requireFolder())) return;
  const uri =
    argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    const message = vscode.l10n.t('Open a file first, or choose one in the Explorer.');
    await vscode.window.showInformationMessage(message);
    return;
  }
  const { signal } = new AbortController();
  const params = { uri: uri.toString() };
  const explained = await parts.api.request('embeddingCache/explain', params, signal);
  const row = await vscode.window.showQuickPick(rowsOf(explained, uri), {
    title: vscode.l10n.t('Why Is This File (Not) Indexed?'),
    placeHolder: vscode.workspace.asRelativePath(uri),
  });
  await row?.run();
}

function rowsOf(explained: FileExplanation, uri: vscode.Uri): Row[] {
  const locale = vscode.env.language;
  const words = explanationWords(explained, locale, vscode.l10n);
  const icon = explained.indexed ? '$(check)' : '$(circle-slash)';
  const reason: Row = { label: `${icon} ${withoutIcons(words)}`, run: () => undefined };
  const chunks = explained.chunks.map(
    ({ startLine, endLine, symbols, failure, looksSecret }): Row => ({
      label: vscode.l10n.t('Lines {0} to {1}', count(startLine, locale), count(endLine, locale)),
      description: withoutIcons(symbols.join(', ')),
      ...(failure === null ? {} : { detail: vscode.l10n.t('No vector: {0}', failure) }),
      ...(looksSecret ? { detail: vscode.l10n.t('Not sent: it looks secret.') } : {}),
      run: () => openAt(uri, startLine, endLine),
    }),
  );
  return [reason, ...remedies(explained, uri), ...chunks];
}

/** The setting that decides, by the reason. */
const SETTING_OF: Partial<Record<FileExplanation['reason'], string>> = {
  tooLarge: 'embeddingCache.indexing.maxFileSizeKb',
  looksSecret: 'embeddingCache.privacy.scanForSecrets',
};

/** What can be done about it. */
function remedies({ reason, rule }: FileExplanation, uri: vscode.Uri): Row[] {
  if (reason === 'notYet') {
    const run = () => vscode.commands.executeCommand('embeddingCache.indexWorkspace');
    return [{ label: vscode.l10n.t('$(sync) Index Workspace'), run }];
  }
  const setting = SETTING_OF[reason] ?? rule?.source;
  if (setting === undefined) return [];
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (rule?.line != null && folder) {
    const { source, line } = rule;
    const run = () => openAt(vscode.Uri.joinPath(folder.uri, source), line, line);
    return [{ label: vscode.l10n.t('$(go-to-file) Open {0}', source), run }];
  }
  const run = () => vscode.commands.executeCommand('workbench.action.openSettings', setting);
  return [{ label: vscode.l10n.t('$(gear) Open Setting'), description: setting, run }];
}

/** Lines are 1-based, inclusive. */
async function openAt(uri: vscode.Uri, startLine: number, endLine: number): Promise<void> {
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(startLine - 1, 0, endLine, 0),
  });
}
