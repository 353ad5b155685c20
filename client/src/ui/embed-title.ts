import type { EmbedOutcome, EmbedResult } from '../../../server/protocol/embed.ts';
import type { L10n } from '../l10n.ts';
import { count, milliseconds } from './numbers.ts';

/** `Embedded: built-in · 256 dims · hit · 0.4 ms` */
export function embedTitle(
  result: Omit<EmbedResult, 'outcomes'> & { readonly outcome: EmbedOutcome },
  locale: string,
  l10n: L10n,
): string {
  const model = result.provider === 'embedded' ? l10n.t('built-in') : result.model;
  const dimensions = l10n.t('{0} dims', count(result.dimensions, locale));
  const outcome = result.outcome.kind === 'hit' ? l10n.t('hit') : l10n.t('miss');
  const time = milliseconds(result.milliseconds, locale);
  return l10n.t('Embedded: {0}', [model, dimensions, outcome, time].join(' · '));
}
