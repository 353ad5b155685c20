import type { ModelList, OfferedModel } from '../../../server/protocol/models.ts';
import { type Endpoint, endpointOf, isLoopback } from '../endpoint.ts';
import type { L10n } from '../l10n.ts';
import { knownProvider, providers } from '../providers.ts';
import type { ProviderKind, Settings } from '../settings.ts';
import { percent, usd } from './numbers.ts';
import { providerName } from './provider-name.ts';

/** A row of the model picker. */
export interface ModelRow {
  readonly group: 'local' | 'remote' | 'setup';
  readonly label: string;
  readonly description: string;
  readonly provider: ProviderKind;
  /** Empty: the provider's default, or asked for next. */
  readonly model: string;
  /** What must be there before it can be used. */
  readonly needs: 'nothing' | 'key' | 'server' | 'settings' | 'runtime';
}

export interface ModelRowFacts {
  readonly settings: Settings;
  readonly trusted: boolean;
  /** Null until the server has answered. */
  readonly list: ModelList | null;
  readonly hasKey: (endpoint: Endpoint) => boolean;
  readonly locale: string;
}

const groups: readonly ModelRow['group'][] = ['local', 'remote', 'setup'];

/** All models that can be chosen, what is on this computer first; the one in use is marked. */
export function modelRows(facts: ModelRowFacts, l10n: L10n): readonly ModelRow[] {
  const rows = providers.flatMap(({ kind }) => rowsOf(kind, facts, l10n));
  return groups.flatMap((group) => rows.filter((row) => row.group === group));
}

export function groupName(group: ModelRow['group'], l10n: L10n): string {
  switch (group) {
    case 'local':
      return l10n.t('On this computer');
    case 'remote':
      return l10n.t('Remote');
    case 'setup':
      return l10n.t('Needs setup');
    default:
      return group satisfies never;
  }
}

/** What an empty model name stands for; empty where the user must name one. */
export function defaultModel(provider: ProviderKind): string {
  return knownProvider(provider).defaultModel;
}

function rowsOf(kind: ProviderKind, facts: ModelRowFacts, l10n: L10n): readonly ModelRow[] {
  const { settings, list, trusted } = facts;
  const offered = (list?.models ?? []).filter(({ provider }) => provider === kind);
  const rows = offered.map((model) => rowOf(model, facts, l10n));
  const setup = (description: string, needs: ModelRow['needs']): ModelRow => ({
    group: 'setup',
    label: l10n.t('{0}…', capitalised(providerName(kind, l10n))),
    description: trusted ? description : l10n.t('Trust this folder first.'),
    provider: kind,
    model: '',
    needs,
  });
  switch (kind) {
    case 'embedded':
      return rows.length > 0 ? rows : [rowOf(builtIn, facts, l10n)];
    case 'openaiCompatible':
      return [
        ...(settings.compatibleBaseUrl === '' ? [] : rows),
        setup(settings.compatibleBaseUrl || l10n.t('needs an address and a model name'), 'server'),
      ];
    case 'azureOpenai': {
      const { azureDeployment: model } = settings;
      if (settings.azureEndpoint === '' || model === '') {
        return [setup(l10n.t('needs an endpoint and a deployment'), 'settings')];
      }
      return [rowOf({ ...unknownModel, provider: kind, model }, facts, l10n)];
    }
    case 'ollama': {
      const address = URL.parse(settings.ollamaBaseUrl)?.host ?? settings.ollamaBaseUrl;
      if (list?.ollamaRuns === false) {
        return [setup(l10n.t('does not run at {0}', address), 'settings')];
      }
      if (list?.ollamaRuns === true && rows.length === 0) {
        return [setup(l10n.t('has no model yet: ollama pull nomic-embed-text'), 'settings')];
      }
      return rows;
    }
    case 'transformers': {
      const { modelFolder } = settings;
      const needs = list?.runtimeInstalled === false ? 'runtime' : 'nothing';
      const own =
        modelFolder === ''
          ? []
          : [rowOf({ ...unknownModel, provider: kind }, facts, l10n, nameOfFolder(modelFolder))];
      return [
        ...[...own, ...rows].map((row) => ({ ...row, needs }) as const),
        setup(l10n.t('a folder with a sentence-transformers model'), 'settings'),
      ];
    }
    default:
      return rows;
  }
}

function nameOfFolder(folder: string): string {
  return folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder;
}

const unknownModel: OfferedModel = {
  provider: '',
  model: '',
  dimensions: null,
  usdPerMillionTokens: null,
  cachedShare: null,
};
const builtIn: OfferedModel = {
  ...unknownModel,
  provider: 'embedded',
  dimensions: 256,
  usdPerMillionTokens: 0,
};

function rowOf(
  offered: OfferedModel,
  facts: ModelRowFacts,
  l10n: L10n,
  name = offered.model,
): ModelRow {
  const { settings, trusted, hasKey } = facts;
  const { provider, model } = offered;
  const inUse =
    settings.provider === provider && (settings.model || defaultModel(provider)) === model;
  const label = name === '' ? capitalised(providerName(provider, l10n)) : name;
  const endpoint = endpointOf({ ...settings, provider, model });
  const local = endpoint === null || (endpoint.origin !== null && isLoopback(endpoint.origin));
  const ready = endpoint === null || !knownProvider(provider).needsKey || hasKey(endpoint);
  const group = local ? 'local' : ready || !trusted ? 'remote' : 'setup';
  return {
    group,
    label: inUse ? `$(check) ${label}` : label,
    description: descriptionOf(offered, { ...facts, needsKey: !ready }, l10n),
    provider,
    model,
    needs: ready ? 'nothing' : 'key',
  };
}

/** `Voyage AI · 1024 dims · $0.18/1M tokens · this workspace: 99% cached` */
function descriptionOf(
  { provider, model, dimensions, usdPerMillionTokens, cachedShare }: OfferedModel,
  { trusted, needsKey, locale }: ModelRowFacts & { readonly needsKey: boolean },
  l10n: L10n,
): string {
  const free = ['embedded', 'ollama', 'transformers'].includes(provider);
  const price =
    usdPerMillionTokens === null || usdPerMillionTokens === 0
      ? null
      : l10n.t('{0}/1M tokens', usd(usdPerMillionTokens, locale));
  return [
    model === '' && provider === 'embedded' ? null : providerName(provider, l10n),
    trusted && needsKey ? l10n.t('needs an API key') : null,
    dimensions === null ? null : l10n.t('{0} dims', dimensions),
    free ? l10n.t('free') : price,
    cachedShare === null || cachedShare === 0
      ? null
      : l10n.t('this workspace: {0} cached', percent(cachedShare, 1, locale)),
    trusted || provider === 'embedded' ? null : l10n.t('Trust this folder first.'),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
