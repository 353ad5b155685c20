import type { ErrorData } from '../../server/protocol/errors.ts';
import type { L10n } from './l10n.ts';
import { knownProvider } from './providers.ts';
import { ServerGaveUp, errorDataOf } from './server-errors.ts';
import { usd } from './ui/numbers.ts';
import { providerName } from './ui/provider-name.ts';

const SHOW_LOG = 'embeddingCache.showLog';

/** What the user is told, and the one thing that helps. */
export interface ErrorWords {
  readonly message: string;
  readonly button: ErrorButton;
}

export interface ErrorButton {
  readonly title: string;
  /** Command id, with its arguments. */
  readonly command: string;
  readonly arguments: readonly string[];
}

export function wordsOf(error: unknown, l10n: L10n): ErrorWords {
  if (error instanceof ServerGaveUp) {
    return {
      message: l10n.t('The search process stopped five times. No embedding was lost.'),
      button: button(l10n.t('Restart'), 'embeddingCache.restartServer'),
    };
  }
  const data = errorDataOf(error);
  return data === null ? internal(l10n) : wordsOfData(data, l10n);
}

export function wordsOfData(data: ErrorData, l10n: L10n): ErrorWords {
  const provider = data.provider === undefined ? null : providerName(data.provider, l10n);
  const name = provider ?? data.host ?? l10n.t('The provider');
  const host = data.host ?? name;
  const status = data.status ?? 0;
  switch (data.kind) {
    case 'noApiKey':
      return { message: l10n.t('{0} needs an API key.', name), button: setApiKey(l10n) };
    case 'apiKeyRefused':
      return {
        message:
          status === 0
            ? l10n.t('{0} refused the API key.', name)
            : l10n.t('{0} refused the API key ({1}).', name, status),
        button: setApiKey(l10n),
      };
    case 'consentNeeded':
      return {
        message: l10n.t('Nothing was sent to {0}: you have not allowed it here.', host),
        button: button(l10n.t('Review Permissions'), 'embeddingCache.reviewPermissions'),
      };
    case 'notFound':
      return {
        message: l10n.t(
          '{0} answered {1}: wrong address, or no such model.',
          host,
          status === 0 ? 404 : status,
        ),
        button: openSetting(addressSetting(data.provider), l10n),
      };
    case 'rateLimited':
      return {
        message: l10n.t('{0} asks to wait. Try again in a minute.', name),
        button: showLog(l10n),
      };
    case 'overBudget':
      return {
        message:
          data.limitUsd === undefined
            ? l10n.t('This month’s limit is reached. Search continues on cached chunks.')
            : l10n.t(
                'This month’s {0} is used. Search continues on cached chunks.',
                usd(data.limitUsd, 'en'),
              ),
        button: button(
          l10n.t('Change Limit'),
          'workbench.action.openSettings',
          'embeddingCache.budget.monthlyUsd',
        ),
      };
    case 'confirmCost':
      return {
        message: l10n.t(
          'Changed files are not indexed yet: they would cost more than you let pass unasked.',
        ),
        button: button(l10n.t('Index Workspace'), 'embeddingCache.indexWorkspace'),
      };
    case 'looksSecret':
      return {
        message:
          data.file === undefined
            ? l10n.t('The text looks like it holds a secret; not sent.')
            : l10n.t('“{0}” may hold secrets; not sent.', data.file),
        button: button(l10n.t('Use Built-in Model'), 'embeddingCache.useBuiltInModel'),
      };
    case 'quotaExceeded':
      return {
        message: l10n.t('The quota at {0} is used up. Search continues on cached chunks.', name),
        button: selectModel(l10n),
      };
    case 'unreachable':
      return { message: l10n.t('{0} cannot be reached.', host), button: selectModel(l10n) };
    case 'tls':
      return {
        message: l10n.t('{0}’s certificate is not trusted.', host),
        button: openSetting('embeddingCache.network.caFile', l10n),
      };
    case 'proxy':
      return {
        message: proxyWords(data, l10n),
        button: openSetting('embeddingCache.network.proxy', l10n),
      };
    case 'badAnswer':
      return {
        message: l10n.t('{0} answered something that is not an embedding.', host),
        button: openSetting('embeddingCache.model', l10n),
      };
    case 'refused':
      return {
        message: l10n.t('{0} refused the text. The log says why.', name),
        button: showLog(l10n),
      };
    case 'badSettings':
      return {
        message: l10n.t('A setting is missing or cannot be used. The log says which.'),
        button: button(l10n.t('Open Settings'), 'embeddingCache.openSettings'),
      };
    case 'notInstalled':
      return {
        message: l10n.t('Local models need @huggingface/transformers, which is not installed.'),
        button: button(l10n.t('Install…'), 'embeddingCache.installRuntime'),
      };
    case 'modelUnusable':
      return {
        message: l10n.t('The local model is missing, damaged or too large. The log says which.'),
        button: selectModel(l10n),
      };
    case 'newerCache':
      return {
        message: l10n.t('A newer version wrote this cache.'),
        button: button(l10n.t('Check for Updates'), 'workbench.extensions.action.checkForUpdates'),
      };
    case 'unsafeDirectory':
      return {
        message: l10n.t('The cache folder belongs to another user, or others may write to it.'),
        button: openSetting('embeddingCache.directory', l10n),
      };
    case 'diskFull':
      return {
        message: l10n.t('The disk is full; new embeddings stay in memory only.'),
        button: button(l10n.t('Clean Up…'), 'embeddingCache.cleanUpCache'),
      };
    case 'damagedCache':
      return { message: damaged(data, l10n), button: button(l10n.t('Show Details'), SHOW_LOG) };
    case 'spendingUnclear':
      return {
        message: l10n.t(
          'What this month has cost could not be read; only what other records show is counted.',
        ),
        button: button(l10n.t('Show Details'), SHOW_LOG),
      };
    case 'cacheUnusable':
      return {
        message: l10n.t('The cache folder cannot be used; new embeddings stay in memory only.'),
        button: openSetting('embeddingCache.directory', l10n),
      };
    case 'cacheBusy':
      return {
        message: l10n.t(
          'Another program keeps the cache locked; new embeddings stay in memory until it lets go.',
        ),
        button: showLog(l10n),
      };
    case 'badFile':
      return {
        message: l10n.t('This file or folder cannot be used. The log says why.'),
        button: showLog(l10n),
      };
    case 'logGrows':
      return {
        message: l10n.t(
          'The cache takes much room on the disk until another program stops reading it.',
        ),
        button: showLog(l10n),
      };
    case 'noWatches':
      return {
        message: l10n.t(
          'This system has no file watches left; changes are found within seconds, not at once.',
        ),
        button: showLog(l10n),
      };
    case 'internal':
      return internal(l10n);
    default:
      data.kind satisfies never;
      return internal(l10n);
  }
}

function proxyWords({ host = '', status = 0 }: ErrorData, l10n: L10n): string {
  if (status === 407) return l10n.t('The proxy {0} asks for a name and password.', host);
  return status === 0
    ? l10n.t('The proxy {0} cannot be reached.', host)
    : l10n.t('The proxy {0} does not connect to the provider ({1}).', host, status);
}

function addressSetting(provider: string | undefined): string {
  const setting = knownProvider(provider ?? '').addressSetting ?? 'model';
  return `embeddingCache.${setting}`;
}

function damaged({ recovered, total }: ErrorData, l10n: L10n): string {
  if (recovered === undefined || total === undefined) {
    return l10n.t('One cache file is damaged. The file was kept.');
  }
  return l10n.t(
    'One cache file is damaged; {0} of {1} recovered. The file was kept.',
    recovered.toLocaleString(),
    total.toLocaleString(),
  );
}

function internal(l10n: L10n): ErrorWords {
  return {
    message: l10n.t('The search process could not do this. No embedding was lost.'),
    button: showLog(l10n),
  };
}

function setApiKey(l10n: L10n): ErrorButton {
  return button(l10n.t('Set API Key…'), 'embeddingCache.setApiKey');
}

function selectModel(l10n: L10n): ErrorButton {
  return button(l10n.t('Select Model…'), 'embeddingCache.selectModel');
}

function showLog(l10n: L10n): ErrorButton {
  return button(l10n.t('Show Log'), SHOW_LOG);
}

function openSetting(id: string, l10n: L10n): ErrorButton {
  return button(l10n.t('Open Setting'), 'workbench.action.openSettings', id);
}

function button(title: string, command: string, ...args: readonly string[]): ErrorButton {
  return { title, command, arguments: args };
}
