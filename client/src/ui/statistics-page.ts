import type { Stats, Usage } from '../../../server/protocol/stats.ts';
import { wordsOfData } from '../error-words.ts';
import type { L10n } from '../l10n.ts';
import { SKIP_REASONS, skipWords } from './skip-words.ts';
import { bytes, count, percent, usd } from './numbers.ts';
import { withoutControls } from './plain-text.ts';
import { providerName } from './provider-name.ts';
import { statisticsStyle } from './statistics-style.ts';
import { entriesOf, failureOf } from './status-text.ts';

export interface PageOptions {
  /** BCP 47. */
  readonly locale: string;
  /** Fresh for every panel: only the style carrying it applies. */
  readonly nonce: string;
}

/** The statistics page: one HTML document without scripts. */
export function statisticsPage(stats: Stats, options: PageOptions, l10n: L10n): string {
  const { locale, nonce } = options;
  const title = escape(l10n.t('Cache Statistics'));
  const isEmpty = entriesOf(stats) === 0 && stats.usage.hits + stats.usage.misses === 0;
  const content = isEmpty
    ? `<p>${escape(l10n.t('Nothing embedded yet. Search Workspace… embeds this workspace.'))}</p>`
    : tiles(stats, locale, l10n) +
      usageTable(stats, locale, l10n) +
      spacesTable(stats, locale, l10n);
  return `<!DOCTYPE html>
<html lang="${escape(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${statisticsStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
${workspaceTable(stats, locale, l10n)}
${directory(stats, l10n)}
</main>
</body>
</html>`;
}

function tiles(stats: Stats, locale: string, l10n: L10n): string {
  const { usage } = stats;
  const lookups = usage.hits + usage.misses;
  const tile = (name: string, value: string, note: string): string =>
    `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd><dd>${escape(note)}</dd></div>`;
  return `<dl>
${tile(
  l10n.t('Hit rate'),
  lookups === 0 ? '–' : percent(usage.hits, lookups, locale),
  l10n.t('{0} of {1} texts', count(usage.hits, locale), count(lookups, locale)),
)}
${tile(l10n.t('Saved'), usd(usage.savedUsd, locale), l10n.t('about, all time'))}
${tile(l10n.t('Paid'), usd(usage.costUsd, locale), l10n.t('all time'))}
${tile(
  l10n.t('Size'),
  bytes(stats.bytes, locale),
  l10n.t('{0} embeddings', count(entriesOf(stats), locale)),
)}
</dl>`;
}

function usageTable(stats: Stats, locale: string, l10n: L10n): string {
  const row = (name: string, usage: Usage): Row => ({
    name,
    cells: [
      count(usage.hits, locale),
      count(usage.misses, locale),
      count(usage.requests, locale),
      count(usage.tokens, locale),
      usd(usage.costUsd, locale),
      usd(usage.savedUsd, locale),
    ],
  });
  return table(
    l10n.t('Hits and misses'),
    [
      l10n.t('Period'),
      l10n.t('Hits'),
      l10n.t('Misses'),
      l10n.t('Requests'),
      l10n.t('Tokens'),
      l10n.t('Paid'),
      l10n.t('Saved'),
    ],
    [
      row(l10n.t('Today'), stats.today),
      row(l10n.t('This month'), stats.month),
      row(l10n.t('All time'), stats.usage),
    ],
  );
}

function spacesTable(stats: Stats, locale: string, l10n: L10n): string {
  const rows = stats.spaces.map((space) => ({
    name: space.model,
    cells: [
      providerName(space.provider, l10n),
      count(space.dimensions, locale),
      space.type,
      count(space.embeddings, locale),
      bytes(space.bytes, locale),
    ],
  }));
  return table(
    l10n.t('Spaces'),
    [
      l10n.t('Model'),
      l10n.t('Provider'),
      l10n.t('Dimensions'),
      l10n.t('Numbers'),
      l10n.t('Embeddings'),
      l10n.t('Size'),
    ],
    rows,
  );
}

function workspaceTable(stats: Stats, locale: string, l10n: L10n): string {
  const { workspace, provider } = stats;
  if (workspace.kind === 'noWorkspace') return '';
  const rows: Row[] = [
    {
      name: l10n.t('Model'),
      cells: [
        provider.local
          ? l10n.t('{0}, on this computer', provider.model)
          : l10n.t('{0}, at {1}', provider.model, provider.host ?? provider.name),
      ],
    },
    { name: l10n.t('State'), cells: [workspaceWords(stats, l10n)] },
  ];
  if (workspace.kind !== 'notIndexed') {
    rows.push(
      { name: l10n.t('Files'), cells: [count(workspace.files, locale)] },
      { name: l10n.t('Chunks'), cells: [count(workspace.chunks, locale)] },
      { name: l10n.t('Skipped files'), cells: [count(workspace.skipped, locale)] },
      ...SKIP_REASONS.filter((reason) => workspace.skippedByReason[reason] !== undefined).map(
        (reason) => ({
          name: l10n.t('– {0}', skipWords(reason, l10n)),
          cells: [count(workspace.skippedByReason[reason] ?? 0, locale)],
        }),
      ),
    );
    if (workspace.looksSecret > 0) {
      const cells = [count(workspace.looksSecret, locale)];
      rows.push({ name: l10n.t('Chunks that look secret, not sent'), cells });
    }
  }
  return table(l10n.t('This workspace'), [], rows);
}

function workspaceWords(stats: Stats, l10n: L10n): string {
  const { workspace } = stats;
  switch (workspace.kind) {
    case 'indexing':
      return l10n.t('indexing');
    case 'paused':
      return l10n.t('indexing is paused');
    case 'ready':
      return l10n.t('indexed');
    case 'failed':
      return wordsOfData(failureOf(stats, workspace.error), l10n).message;
    case 'noWorkspace':
    case 'notIndexed':
      return l10n.t('not indexed yet');
    default:
      return workspace satisfies never;
  }
}

function directory(stats: Stats, l10n: L10n): string {
  return `<p>${escape(l10n.t('Cache folder'))} <code>${escape(stats.directory)}</code></p>`;
}

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
}

/** Without headings, each row is a name and its value. */
function table(caption: string, headings: readonly string[], rows: readonly Row[]): string {
  const head =
    headings.length === 0
      ? ''
      : `<thead><tr>${headings.map((text) => `<th scope="col">${escape(text)}</th>`).join('')}</tr></thead>`;
  const body = rows.map(
    ({ name, cells }) =>
      `<tr><th scope="row">${escape(name)}</th>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll"><table><caption>${escape(caption)}</caption>${head}<tbody>${body.join('')}</tbody></table></div>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return withoutControls(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
