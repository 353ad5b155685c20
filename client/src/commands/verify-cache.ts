import * as vscode from 'vscode';
import type { VerifyReport } from '../../../server/protocol/maintain.ts';
import type { Parts } from '../parts.ts';
import { maintain } from '../ui/maintain.ts';
import { repairedWords, verifiedWords } from '../ui/maintenance-words.ts';

/** Checks every vector, text and file; offers to repair what is damaged. */
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
  const repair = vscode.l10n.t('Repair');
  const log = vscode.l10n.t('Show Log');
  const isRepairable = damagedRows > 0 || report.files.some(({ isRenewable }) => isRenewable);
  const buttons = isRepairable ? [repair, log] : [log];
  const answer = await vscode.window.showWarningMessage(words, ...buttons);
  if (answer === log) parts.log.show();
  if (answer === repair) await repairDamaged(parts);
}

async function repairDamaged(parts: Parts): Promise<void> {
  const { repaired, files } = await maintain(parts, vscode.l10n.t('repairing'), 'verify', {
    repair: true,
  });
  for (const { file, recovery } of files) {
    if (recovery === null) continue;
    parts.log.warn(`${file}: ${recovery.recovered} of ${recovery.total} rows recovered`);
  }
  const words = repairedWords(repaired, vscode.env.language, vscode.l10n);
  void vscode.window.showInformationMessage(words);
}
