import type { CostPreview } from '../../../server/protocol/index-report.ts';
import type { L10n } from '../l10n.ts';
import { toSend } from './cost-words.ts';
import { count } from './numbers.ts';

/** What indexing would send, file by file, as a document to read. */
export function costList(
  preview: CostPreview,
  { host, locale }: { host: string; locale: string },
  l10n: L10n,
): string {
  const files = preview.files.map(({ path, chunks, tokens }) => [
    path,
    count(chunks, locale),
    count(tokens, locale),
  ]);
  const secrets = preview.looksSecret.map(
    ({ path, startLine, endLine }) => `  ${path}:${startLine}-${endLine}`,
  );
  return [
    l10n.t('What indexing would send to {0}', host),
    '',
    toSend(preview, locale, l10n),
    ...(files.length === 0
      ? []
      : ['', ...columns([[l10n.t('file'), l10n.t('chunks'), l10n.t('tokens')], ...files])]),
    ...(secrets.length === 0 ? [] : ['', l10n.t('Not sent, because it looks secret:'), ...secrets]),
    '',
  ].join('\n');
}

/** Rows of equal length as lines; all columns but the first are figures. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
