import type { L10n } from '../l10n.ts';
import type { ProviderKind, Settings } from '../settings.ts';

/** A row of the model picker. */
export interface ModelRow {
  readonly group: string;
  readonly label: string;
  readonly description: string;
  readonly provider: ProviderKind;
  /** Empty: the provider's default, or asked for next. */
  readonly model: string;
}

/** OpenAI's embedding models: name, dimensions, dollars per million tokens. */
const openaiModels = [
  ['text-embedding-3-small', 1536, '0.02'],
  ['text-embedding-3-large', 3072, '0.13'],
  ['text-embedding-ada-002', 1536, '0.10'],
] as const;

/** All models that can be chosen, grouped; the one in use is marked. */
export function modelRows(settings: Settings, trusted: boolean, l10n: L10n): readonly ModelRow[] {
  const remote = trusted ? l10n.t('Remote') : l10n.t('Remote. Trust this folder first.');
  const inUse = (provider: ProviderKind, model: string): boolean =>
    settings.provider === provider && (settings.model || defaultModel(provider)) === model;
  const mark = (label: string, used: boolean): string => (used ? `$(check) ${label}` : label);
  return [
    {
      group: l10n.t('On this computer'),
      label: mark(l10n.t('Built-in'), settings.provider === 'embedded'),
      description: l10n.t('256 dims · offline · free'),
      provider: 'embedded',
      model: '',
    },
    ...openaiModels.map(([model, dimensions, price]) => ({
      group: remote,
      label: mark(model, inUse('openai', model)),
      description: l10n.t('OpenAI · {0} dims · about ${1}/1M tokens', dimensions, price),
      provider: 'openai' as const,
      model,
    })),
    {
      group: l10n.t('Needs setup'),
      label: mark(l10n.t('OpenAI-compatible server…'), settings.provider === 'openaiCompatible'),
      description:
        settings.compatibleBaseUrl === ''
          ? l10n.t('needs an address and a model name')
          : settings.compatibleBaseUrl,
      provider: 'openaiCompatible',
      model: '',
    },
  ];
}

/** What an empty model name stands for; empty where the user must name one. */
export function defaultModel(provider: ProviderKind): string {
  return provider === 'openai' ? openaiModels[0][0] : '';
}
