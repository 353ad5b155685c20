import type { ExportReport, ImportReport } from '../../../core/maintenance.ts';
import { oneLine } from '../terminal.ts';
import { count, figure, size } from './figures.ts';
import { spaceFacts } from './space-facts.ts';

export function exportSummary(report: ExportReport): string {
  const { file, bytes, spaces, embeddings, texts, damaged, resumed } = report;
  const lines = [
    `Exported ${count(embeddings, 'embedding')} of ${count(spaces, 'space')} and ${count(texts, 'text')} to ${oneLine(file)}, ${size(bytes)}.`,
  ];
  if (resumed > 0) lines.push(`An interrupted run had written ${figure(resumed)} of them.`);
  if (damaged > 0) lines.push(`Left out ${count(damaged, 'damaged row')}: see verify.`);
  return `${lines.join('\n')}\n`;
}

export function importJson({ spaces, ...report }: ImportReport): string {
  const facts = spaces.map(({ space, ...counts }) => ({ ...spaceFacts(space), ...counts }));
  return `${JSON.stringify({ spaces: facts, ...report })}\n`;
}

export function importSummary({ spaces, texts, complete }: ImportReport): string {
  const lines = spaces.map(
    ({ space, added, present, refused, leftOut = 0 }) =>
      `${oneLine(space.model)}, ${count(space.dimensions, 'dimension')}: ` +
      `${count(added, 'embedding')} added, ${figure(present)} there already` +
      (refused > 0 ? `, ${figure(refused)} refused as damaged` : '') +
      (leftOut > 0 ? `, ${figure(leftOut)} left out: their texts are too long, or missing` : ''),
  );
  if (spaces.length === 0) lines.push('It holds no embeddings.');
  if (texts > 0) lines.push(`${count(texts, 'text')} read.`);
  if (!complete) {
    lines.push(
      'A part of it is damaged or missing. What was whole is imported; get the file again for the rest.',
    );
  }
  return `${lines.join('\n')}\n`;
}
