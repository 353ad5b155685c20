import type { CostPreview } from '../../../server/protocol/index-report.ts';
import type { L10n } from '../l10n.ts';
import { count, shortCount, usd } from './numbers.ts';

export interface SendingFacts {
  /** Model, host and provider as the user knows them. */
  readonly model: string;
  readonly host: string;
  readonly provider: string;
  readonly locale: string;
}

/** What the consent dialog says under its question. */
export function consentDetail(
  preview: CostPreview | null,
  { model, host, provider, locale }: SendingFacts,
  l10n: L10n,
): string {
  const amount =
    preview === null
      ? l10n.t(
          'The text of this workspace’s files, and what you search for, would be sent there; what is already cached would not.',
        )
      : `${toSend(preview, locale, l10n)} ${notSent(preview, locale, l10n)}`;
  return [
    l10n.t('{0} runs at {1} ({2}).', model, host, provider),
    amount.trim(),
    l10n.t('Withdraw at any time under Review Sending Permissions.'),
  ].join(' ');
}

/** `Index 8,412 new chunks for about $0.38?` */
export function costQuestion({ chunks, costUsd }: CostPreview, locale: string, l10n: L10n): string {
  const about = usd(costUsd ?? 0, locale);
  return chunks === 1
    ? l10n.t('Index 1 new chunk for about {0}?', about)
    : l10n.t('Index {0} new chunks for about {1}?', count(chunks, locale), about);
}

/** `2.1M tokens to api.voyageai.com. This month: $0.12 of $5.00.` */
export function costDetail(
  { tokens, spentUsd }: CostPreview,
  { host, monthlyUsd, locale }: { host: string; monthlyUsd: number | null; locale: string },
  l10n: L10n,
): string {
  const going = l10n.t('{0} tokens to {1}.', shortCount(tokens, locale), host);
  const month =
    monthlyUsd === null
      ? l10n.t('This month: {0}, without a limit.', usd(spentUsd, locale))
      : l10n.t('This month: {0} of {1}.', usd(spentUsd, locale), usd(monthlyUsd, locale));
  return `${going} ${month}`;
}

/** `8,412 chunks from 1,204 files (2.1M tokens, about $0.04) would be sent.` */
export function toSend(preview: CostPreview, locale: string, l10n: L10n): string {
  const { chunks, files, tokens, costUsd } = preview;
  if (chunks === 0) return l10n.t('Nothing of these files would be sent now.');
  const amount = shortCount(tokens, locale);
  const sentence = l10n.t(
    '{0} from {1} ({2}) would be sent.',
    chunks === 1 ? l10n.t('1 chunk') : l10n.t('{0} chunks', count(chunks, locale)),
    files.length === 1 ? l10n.t('1 file') : l10n.t('{0} files', count(files.length, locale)),
    costUsd === null
      ? l10n.t('{0} tokens', amount)
      : l10n.t('{0} tokens, about {1}', amount, usd(costUsd, locale)),
  );
  return costUsd === null
    ? `${sentence} ${l10n.t('The price of this endpoint is unknown.')}`
    : sentence;
}

/** `310 cached chunks and 12 that look secret would not.`; empty where there are neither. */
function notSent({ cachedChunks, looksSecret }: CostPreview, locale: string, l10n: L10n): string {
  const cached =
    cachedChunks === 1
      ? l10n.t('1 cached chunk')
      : l10n.t('{0} cached chunks', count(cachedChunks, locale));
  const secret = count(looksSecret.length, locale);
  if (looksSecret.length === 0) return cachedChunks === 0 ? '' : l10n.t('{0} would not.', cached);
  if (cachedChunks > 0) return l10n.t('{0} and {1} that look secret would not.', cached, secret);
  return looksSecret.length === 1
    ? l10n.t('1 chunk that looks secret would not.')
    : l10n.t('{0} chunks that look secret would not.', secret);
}
