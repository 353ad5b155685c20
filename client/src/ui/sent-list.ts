import type { ChunkPlace } from '../../../server/protocol/index-report.ts';
import type { SentEntry } from '../../../server/protocol/sent.ts';
import type { L10n } from '../l10n.ts';
import { count, usd } from './numbers.ts';

/** What was sent where and when, newest first, as a document to read. Never a text. */
export function sentList(
  entries: readonly SentEntry[],
  withheld: readonly ChunkPlace[],
  locale: string,
  l10n: L10n,
): string {
  const places = withheld.map((at) => `  ${at.path}:${at.startLine}-${at.endLine}`);
  return [
    l10n.t('What was sent from this computer, newest first. Texts are not kept here.'),
    '',
    ...(entries.length === 0
      ? [l10n.t('Nothing was sent yet.'), '']
      : entries.flatMap((entry) => [...entryLines(entry, locale, l10n), ''])),
    ...(places.length === 0
      ? []
      : [l10n.t('Not sent by the last indexing, because it looks secret:'), ...places, '']),
  ].join('\n');
}

function entryLines(entry: SentEntry, locale: string, l10n: L10n): string[] {
  const time = new Date(entry.at).toLocaleString(locale, {
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const price = entry.costUsd === null ? l10n.t('price unknown') : usd(entry.costUsd, locale);
  const facts = [
    what(entry, locale, l10n),
    l10n.t('{0} tokens', count(entry.tokens, locale)),
    price,
    entry.model,
  ];
  const head = `${time}  ${entry.host}  ${facts.join(' · ')}`;
  const files = entry.files.map((file) => `  ${file.path}  ${texts(file.texts, locale, l10n)}`);
  return [head, ...files];
}

function what({ kind, texts: number }: SentEntry, locale: string, l10n: L10n): string {
  if (kind === 'query') return l10n.t('a search');
  if (kind !== 'rerank') return texts(number, locale, l10n);
  return l10n.t('{0} hits to rerank', count(number, locale));
}

function texts(number: number, locale: string, l10n: L10n): string {
  return number === 1 ? l10n.t('1 text') : l10n.t('{0} texts', count(number, locale));
}
