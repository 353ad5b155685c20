import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';

/** Copies the cache into a folder of its own. Null when the user thought better of it. */
export async function backUpCache(parts: Parts): Promise<BackupReport | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Back Up Cache'),
      openLabel: vscode.l10n.t('Back Up Here'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (folder === undefined) return null;
  const time = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const to = path.join(folder.fsPath, `embeddingcache-${time}`);
  const report = await maintain(parts, vscode.l10n.t('backing up'), 'backUp', { to });
  if (report.damaged.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Backed up to {0}', report.directory));
    return report;
  }
  const words = vscode.l10n.t(
    'Backed up to {0}. These files are damaged, and not whole there: {1}',
    report.directory,
    report.damaged.join(', '),
  );
  void vscode.window.showWarningMessage(words);
  return report;
}
