import type { SkipReason } from '../../../server/protocol/stats.ts';
import type { L10n } from '../l10n.ts';

/** In the order in which they are shown. */
export const SKIP_REASONS: readonly SkipReason[] = [
  'ignored',
  'tooLarge',
  'generated',
  'binary',
  'secretName',
  'unreadable',
];

/** A reason as the heading of the files that it holds for. */
export function skipWords(reason: SkipReason, l10n: L10n): string {
  switch (reason) {
    case 'ignored':
      return l10n.t('ignored');
    case 'tooLarge':
      return l10n.t('too large');
    case 'generated':
      return l10n.t('generated');
    case 'binary':
      return l10n.t('binary');
    case 'secretName':
      return l10n.t('may hold secrets');
    case 'unreadable':
      return l10n.t('cannot be read');
    default:
      return reason satisfies never;
  }
}
