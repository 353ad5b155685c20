import type { VerifiedFile, VerifyReport } from '../../../core/cache/maintenance/verify.ts';
import type { Recovery } from '../../../core/errors.ts';
import { oneLine } from '../terminal.ts';
import { count, figure } from './figures.ts';
import { spaceFacts } from './space-facts.ts';

export function verifyJson(report: VerifyReport): string {
  const files = report.files.map((file) => ({
    ...file,
    space: file.space === null ? null : spaceFacts(file.space),
  }));
  return `${JSON.stringify({ ...report, files })}\n`;
}

/** What was checked and found, and what helps. */
export function verifySummary({ checked, found, repaired, files }: VerifyReport): string {
  const lines = [
    `Checked ${count(checked.embeddings, 'embedding')} and ${count(checked.texts, 'text')} in ${count(checked.files, 'file')}.`,
    ...files.flatMap(findings),
  ];
  const left = found.damagedRows - repaired.removedRows;
  if (found.damagedRows === 0 && found.damagedFiles === 0) lines.push('All good.');
  if (repaired.removedRows > 0) {
    lines.push(
      `Removed ${count(repaired.removedRows, 'damaged row')}: embedded again when needed.`,
    );
  }
  if (files.some(({ isRenewable }) => isRenewable)) {
    lines.push(
      'To bring what can be read of a damaged file into a new one, add --repair. The damaged one is kept.',
    );
  }
  if (left > 0) {
    lines.push(
      'To remove damaged rows, add --repair: they are embedded again when needed. Until then each counts as a miss.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function findings({ file, rows, damagedRows, faults, recovery }: VerifiedFile): string[] {
  return [
    ...(damagedRows > 0
      ? [`${file}: ${figure(damagedRows)} of ${count(rows, 'row')} damaged`]
      : []),
    ...faults.map((fault) => `${file}: ${oneLine(fault)}`),
    ...(recovery === null ? [] : [`${file}: ${renewed(recovery)}; this one was kept`]),
  ];
}

function renewed({ recovered, total }: Recovery): string {
  if (total === 0) return 'a new file takes its place, filled again without embedding anything';
  return `${figure(recovered)} of ${count(total, 'row')} recovered into a new file`;
}
