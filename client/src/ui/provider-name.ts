import type { L10n } from '../l10n.ts';
import { providers } from '../providers.ts';

/** A provider as people call it. */
export function providerName(provider: string, l10n: L10n): string {
  switch (provider) {
    case 'embedded':
      return l10n.t('built-in');
    case 'openaiCompatible':
      return l10n.t('OpenAI-compatible server');
    case 'transformers':
      return l10n.t('local model');
    default:
      return providers.find(({ kind }) => kind === provider)?.name ?? provider;
  }
}
