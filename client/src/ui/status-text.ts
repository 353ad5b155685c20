import type { ErrorData, ErrorKind } from '../../../server/protocol/errors.ts';
import type { Stats, WorkspaceCounts } from '../../../server/protocol/stats.ts';
import { wordsOfData } from '../error-words.ts';
import type { L10n } from '../l10n.ts';
import type { ServerState } from '../server-process.ts';
import type { Settings } from '../settings.ts';
import { bytes, count, duration, percent, shortCount, usd } from './numbers.ts';
import { plainMarkdown } from './plain-markdown.ts';
import { providerName } from './provider-name.ts';

export interface StatusFacts {
  readonly server: ServerState;
  /** Null until the server has answered once. */
  readonly stats: Stats | null;
  readonly trusted: boolean;
  readonly content: Settings['statusBarContent'];
  /** US dollars; null: no limit. */
  readonly monthlyUsd: number | null;
  readonly locale: string;
}

/** Value of the context key `embeddingCache.state`. */
export type StatusState =
  | 'starting'
  | 'notIndexed'
  | 'ready'
  | 'indexing'
  | 'paused'
  | 'offline'
  | 'overBudget'
  | 'restricted'
  | 'error'
  | 'noWorkspace';

export interface StatusView {
  readonly state: StatusState;
  readonly text: string;
  /** Markdown without links or HTML. */
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly label: string;
  readonly background: 'none' | 'warning' | 'error';
}

/** What the status bar item shows for these facts. */
export function statusView(facts: StatusFacts, l10n: L10n): StatusView {
  const state = stateOf(facts);
  const words = stateWords(state, facts, l10n);
  return {
    state,
    text: textOf(state, facts),
    tooltip: [
      `**Embedding Cache** — ${plainMarkdown(words)}`,
      ...(facts.stats === null ? [] : figures(facts.stats, facts, l10n)),
      `*${l10n.t('Click for statistics')}*`,
    ].join('\n\n'),
    label: `Embedding Cache: ${words}`,
    background: state === 'error' ? 'error' : state === 'overBudget' ? 'warning' : 'none',
  };
}

/** Embeddings in all spaces. */
export function entriesOf(stats: Stats): number {
  return stats.spaces.reduce((sum, space) => sum + space.embeddings, 0);
}

/** A failure of the workspace's index, as the error table words it. */
export function failureOf({ provider }: Stats, kind: ErrorKind): ErrorData {
  const { name, host } = provider;
  return { kind, provider: name, ...(host === undefined ? {} : { host }) };
}

function stateOf({ server, stats, trusted }: StatusFacts): StatusState {
  if (server === 'failed') return 'error';
  if (stats === null) return server === 'starting' ? 'starting' : 'notIndexed';
  switch (stats.workspace.kind) {
    case 'noWorkspace':
      return 'noWorkspace';
    case 'indexing':
    case 'paused':
      return stats.workspace.kind;
    case 'failed':
      if (MONEY.includes(stats.workspace.error)) return 'overBudget';
      return isPassing(stats.workspace.error) ? 'offline' : 'error';
    case 'notIndexed':
    case 'ready':
      if (!trusted) return 'restricted';
      return stats.workspace.kind;
    default:
      return stats.workspace satisfies never;
  }
}

/** The user decides how it goes on. */
const MONEY: readonly ErrorKind[] = ['overBudget', 'confirmCost'];

/** The provider cannot answer now; cached chunks are searched all the same. */
function isPassing(error: ErrorKind): boolean {
  return ['unreachable', 'proxy', 'rateLimited', 'quotaExceeded'].includes(error);
}

function textOf(state: StatusState, facts: StatusFacts): string {
  const { stats, locale } = facts;
  if (state === 'starting') return '$(loading~spin)';
  if (state === 'error') return '$(error) Cache';
  if (state === 'overBudget') {
    const isQuestion =
      stats?.workspace.kind === 'failed' && stats.workspace.error === 'confirmCost';
    return isQuestion ? '$(credit-card) Cost' : '$(credit-card) Limit';
  }
  if (stats?.workspace.kind === 'indexing') {
    const { done, total } = stats.workspace;
    // Nothing is known yet of how much there is.
    if (total === 0) return '$(sync~spin)';
    return `$(sync~spin) ${shortCount(done, locale)}/${shortCount(total, locale)}`;
  }
  if (stats?.workspace.kind === 'paused') {
    const { done, total } = stats.workspace;
    return `$(debug-pause) ${shortCount(done, locale)}/${shortCount(total, locale)}`;
  }
  const icon =
    state === 'offline'
      ? '$(debug-disconnect)'
      : state === 'restricted'
        ? '$(shield)'
        : '$(database)';
  if (stats === null || facts.content === 'icon') return icon;
  const figure = facts.content === 'saved' ? usd(stats.usage.savedUsd, locale) : rate(facts);
  const entries = shortCount(entriesOf(stats), locale);
  return figure === null ? `${icon} ${entries}` : `${icon} ${figure} · ${entries}`;
}

/** Today's hit rate; before the first lookup of the day that of all time; null without any. */
function rate({ stats, locale }: StatusFacts): string | null {
  if (stats === null) return null;
  const usage = lookups(stats.today) > 0 ? stats.today : stats.usage;
  return lookups(usage) === 0 ? null : percent(usage.hits, lookups(usage), locale);
}

function lookups(usage: { readonly hits: number; readonly misses: number }): number {
  return usage.hits + usage.misses;
}

function stateWords(
  state: StatusState,
  { stats, locale, monthlyUsd }: StatusFacts,
  l10n: L10n,
): string {
  switch (state) {
    case 'starting':
      return l10n.t('starting');
    case 'notIndexed':
      return l10n.t('this workspace is not indexed yet');
    case 'ready':
      return l10n.t('ready');
    case 'indexing':
      return stats?.workspace.kind === 'indexing'
        ? indexingWords(stats.workspace, locale, l10n)
        : l10n.t('indexing');
    case 'paused':
      return stats?.workspace.kind === 'paused'
        ? l10n.t(
            'indexing is paused, {0} of {1}',
            count(stats.workspace.done, locale),
            count(stats.workspace.total, locale),
          )
        : l10n.t('indexing is paused');
    case 'overBudget':
      if (stats?.workspace.kind === 'failed' && stats.workspace.error === 'confirmCost') {
        return wordsOfData({ kind: 'confirmCost' }, l10n).message;
      }
      return wordsOfData(
        { kind: 'overBudget', ...(monthlyUsd === null ? {} : { limitUsd: monthlyUsd }) },
        l10n,
      ).message;
    case 'offline':
    case 'error':
      return stats?.workspace.kind === 'failed'
        ? wordsOfData(failureOf(stats, stats.workspace.error), l10n).message
        : l10n.t('the search process has stopped');
    case 'restricted':
      return l10n.t('ready; trust this folder to use remote models');
    case 'noWorkspace':
      return l10n.t('no folder is open');
    default:
      return state satisfies never;
  }
}

function indexingWords(
  { done, total, secondsLeft }: { done: number; total: number; secondsLeft: number | null },
  locale: string,
  l10n: L10n,
): string {
  const counts = l10n.t('indexing, {0} of {1}', count(done, locale), count(total, locale));
  return secondsLeft === null
    ? counts
    : l10n.t('{0}, {1} left', counts, duration(secondsLeft, locale));
}

function figures(stats: Stats, { locale, monthlyUsd }: StatusFacts, l10n: L10n): string[] {
  const { provider, workspace, today, month } = stats;
  const lines: string[] = [];
  if ('files' in workspace) lines.push(counts(workspace, locale, l10n));
  const isBuiltIn = provider.name === 'embedded';
  const model = plainMarkdown(isBuiltIn ? providerName('embedded', l10n) : provider.model);
  lines.push(
    provider.local
      ? l10n.t('Model {0}, on this computer', model)
      : l10n.t('Model {0}, at {1}', model, plainMarkdown(provider.host ?? provider.name)),
    l10n.t(
      'Hits today {0} of {1} ({2})',
      count(today.hits, locale),
      count(lookups(today), locale),
      percent(today.hits, lookups(today), locale),
    ),
    l10n.t(
      'This month paid {0}, saved {1}',
      monthlyUsd === null
        ? usd(month.costUsd, locale)
        : l10n.t('{0} of {1}', usd(month.costUsd, locale), usd(monthlyUsd, locale)),
      usd(month.savedUsd, locale),
    ),
    l10n.t('Embeddings {0} in {1}', count(entriesOf(stats), locale), bytes(stats.bytes, locale)),
  );
  return lines;
}

function counts({ files, chunks, skipped }: WorkspaceCounts, locale: string, l10n: L10n): string {
  return l10n.t(
    'Files {0} · chunks {1} · skipped {2}',
    count(files, locale),
    count(chunks, locale),
    count(skipped, locale),
  );
}
