import type { WithheldReason } from '../../core/embed/send-gate.ts';
import type { Failure } from '../../core/errors.ts';
import { PROVIDERS } from '../../core/providers/provider-table.ts';
import { oneLine } from './terminal.ts';

/** What happened, and what to do about it. */
export function failureWords(failure: Failure): string {
  const host = failure.host ?? 'the endpoint';
  const row = PROVIDERS.find(({ kind }) => kind === failure.provider);
  const key = row?.remote?.keyVariables[0] ?? 'EMBEDDINGCACHE_API_KEY';
  const what = sentence(oneLine(failure.message));
  switch (failure.kind) {
    case 'noApiKey':
      return `${row?.remote?.ownAddress == null ? host : row.name} needs an API key. Set ${key}.`;
    case 'apiKeyRefused':
      return `${what} Check ${key}.`;
    case 'consentNeeded':
      return `Nothing was sent to ${host}. Name it for this run: --provider and --base-url.`;
    case 'notFound':
    case 'badAnswer':
      return `${what} Check --base-url and --model.`;
    case 'rateLimited':
      return `${what} Run this again later: what was embedded is kept.`;
    case 'confirmCost':
      return `${what} Run index, which asks.`;
    case 'overBudget':
      return `${withheldWords('overBudget')} What is cached can still be searched. Raise the limit with --monthly-limit.`;
    case 'looksSecret':
      return `${what} Use --provider embedded, which sends nothing.`;
    case 'quotaExceeded':
      return `${what} Check your plan there: what was embedded is kept.`;
    case 'unreachable':
      return `${what} Check the address and the network, or use --provider embedded.`;
    case 'tls':
      return `${what} Name its certificate authority in EMBEDDINGCACHE_CA_FILE.`;
    case 'proxy':
      return `${what} Check HTTPS_PROXY, and NO_PROXY for what needs no proxy.`;
    case 'newerCache':
      return 'A newer version wrote this cache. Update Embedding Cache, or choose another --cache-dir.';
    case 'unsafeDirectory':
      return `${what} Choose another folder with --cache-dir.`;
    case 'diskFull':
      return 'The disk is full; new embeddings stay in memory only. Make room, then run this again.';
    case 'damagedCache':
      return damagedWords(failure);
    case 'spendingUnclear':
      return 'What this month has cost could not be read from a damaged file. Counted is what other records show: check the bill of your provider.';
    case 'cacheUnusable':
      return `The cache folder cannot be used; new embeddings stay in memory only. ${what}`;
    case 'cacheBusy':
      return 'Another program keeps the cache locked; new embeddings stay in memory until it lets go.';
    case 'logGrows':
      return 'The cache takes much room on the disk until another program stops reading it.';
    case 'notInstalled':
      return `${what} Install it with: embeddingcache install-runtime`;
    case 'noWatches':
    case 'refused':
    case 'badSettings':
    case 'modelUnusable':
    case 'badFile':
      return what;
    case 'internal':
      return `Something went wrong: ${what}`;
    default:
      return failure.kind satisfies never;
  }
}

/** Why hits are shown in our own order, and what to do about it. */
export function notRerankedWords(failure: Failure): string {
  const what = sentence(oneLine(failure.message));
  switch (failure.kind) {
    case 'noApiKey':
    case 'apiKeyRefused':
      return failureWords(failure);
    case 'notFound':
    case 'badAnswer':
      return `${what} Check --reranker-url and --reranker-model.`;
    case 'overBudget':
      return `${what} Raise it with --monthly-limit.`;
    default:
      return what;
  }
}

function damagedWords({ recovery }: Failure): string {
  if (!recovery) return 'One cache file is damaged. The file was kept.';
  const [recovered, total] = [recovery.recovered, recovery.total].map((count) =>
    count.toLocaleString('en'),
  );
  return `One cache file is damaged; ${recovered} of ${total} recovered. The file was kept.`;
}

/** Why a text was not sent. */
export function withheldWords(reason: WithheldReason): string {
  return reason === 'overBudget'
    ? 'The limit for this month is reached.'
    : 'The text looks like it holds a secret, so it was not sent.';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
