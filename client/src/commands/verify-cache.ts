import * as vscode from 'vscode';
import type { VerifyReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { verifiedWords } from '../ui/maintenance-words.ts';

/** Checks every vector, text and file; offers to remove what is damaged. */
export async function verifyCache(parts: Parts): Promise<VerifyReport> {
  const report = await maintain(parts, vscode.l10n.t('verifying'), 'verify', { repair: false });
  for (const { file, damagedRows, faults } of report.files) {
    if (damagedRows > 0) parts.log.warn(`${file}: ${damagedRows} rows are damaged`);
    for (const fault of faults) parts.log.warn(`${file}: ${fault}`);
  }
  // Not awaited: it stays until it is read, and the command is done.
  void offerRepair(parts, report);
  return report;
}

async function offerRepair(parts: Parts, report: VerifyReport): Promise<void> {
  const words = verifiedWords(report, vscode.env.language, vscode.l10n);
  const { damagedRows, damagedFiles } = report.found;
  if (damagedRows === 0 && damagedFiles === 0) {
    await vscode.window.showInformationMessage(words);
    return;
  }
  const remove = vscode.l10n.t('Remove Damaged');
  const log = vscode.l10n.t('Show Log');
  const buttons = damagedRows > 0 ? [remove, log] : [log];
  const answer = await vscode.window.showWarningMessage(words, ...buttons);
  if (answer === log) parts.log.show();
  if (answer === remove) await removeDamaged(parts);
}

async function removeDamaged(parts: Parts): Promise<void> {
  const { repaired } = await maintain(parts, vscode.l10n.t('removing what is damaged'), 'verify', {
    repair: true,
  });
  const words = vscode.l10n.t('Removed {0} damaged rows.', repaired.removedRows);
  void vscode.window.showInformationMessage(words);
}
