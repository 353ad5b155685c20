import type { HitReasons } from '../../../server/protocol/search-hit.ts';
import type { L10n } from '../l10n.ts';

export interface ReasonRow {
  readonly label: string;
  readonly description: string;
}

/** Why a hit stands where it does, a row for what it was found by and one for each signal. */
export function reasonRows(
  { meaning, words, exact, fused, steps, relevance }: HitReasons,
  l10n: L10n,
): ReasonRow[] {
  const none = l10n.t('not among the best');
  const rows: ReasonRow[] = [
    { label: l10n.t('Meaning'), description: meaning === null ? none : meaning.toFixed(3) },
    { label: l10n.t('Words'), description: words === null ? none : words.toFixed(3) },
    { label: l10n.t('Both together'), description: fused.toFixed(3) },
  ];
  if (exact > 0) {
    const share = `${Math.round(exact * 100)}%`;
    rows.push({ label: l10n.t('Holds the exact text'), description: share });
  }
  if (relevance !== null) {
    rows.push({ label: l10n.t('Relevance by the reranker'), description: relevance.toFixed(3) });
  }
  for (const { signal, change } of steps) {
    const sign = change < 0 ? '−' : '+';
    rows.push({
      label: signalWords(signal, l10n),
      description: `${sign}${Math.abs(change).toFixed(3)}`,
    });
  }
  return rows;
}

function signalWords(signal: string, l10n: L10n): string {
  switch (signal) {
    case 'definition site':
      return l10n.t('Defines a name of the query');
    case 'symbol words':
      return l10n.t('Names in it share words with the query');
    case 'named file':
      return l10n.t('The query names its file');
    case 'words in file':
      return l10n.t('Its file holds words of the query');
    case 'other platform':
      return l10n.t('Written for another system');
    case 'side files':
      return l10n.t('A test, a document or copied code');
    case 'several hits':
      return l10n.t('Its file has several hits');
    case 'spread files':
      return l10n.t('Makes room for other files');
    case 'exact text':
      return l10n.t('Exact text comes first');
    case 'reranker':
      return l10n.t('Put here by the reranker');
    default:
      return signal;
  }
}
