import type { Failure } from '../../core/errors.ts';
import { oneLine } from './terminal.ts';

/** One sentence or two: what happened, and what to do about it. */
export function failureWords(failure: Failure): string {
  const { provider, status } = failure;
  const host = failure.host ?? 'The endpoint';
  const who = provider === 'openai' ? 'OpenAI' : host;
  const key = provider === 'openai' ? 'OPENAI_API_KEY' : 'EMBEDDINGCACHE_API_KEY';
  const detail = oneLine(failure.message);
  switch (failure.kind) {
    case 'noApiKey':
      return `${who} needs an API key. Set ${key}.`;
    case 'apiKeyRefused':
      return `${who} refused the API key${inBrackets(status)}. Check ${key}.`;
    case 'consentNeeded':
      return `Nothing was sent to ${host}. Name it for this run: --provider and --base-url.`;
    case 'notFound':
      return `${host} answered ${status ?? 404}: wrong address, or no such model. Check --base-url and --model.`;
    case 'rateLimited':
      return `${who} asks to wait${inBrackets(status)}. Run this again later: what was embedded is kept.`;
    case 'quotaExceeded':
      return `The quota at ${who} is used up. Check your plan there: what was embedded is kept.`;
    case 'unreachable':
      return `${host} cannot be reached. Check the address and the network, or use --provider embedded.`;
    case 'tls':
      return `${possessive(host)} certificate is not trusted. Name its certificate authority in NODE_EXTRA_CA_CERTS.`;
    case 'badAnswer':
      return `${host} answered with something that is not an embedding: ${detail}. Check --base-url and --model.`;
    case 'refused':
      return `${who} refused the texts${inBrackets(status)}: ${detail}`;
    case 'newerCache':
      return 'A newer version wrote this cache. Update Embedding Cache, or choose another --cache-dir.';
    case 'unsafeDirectory':
      return `The cache folder cannot be used safely: ${detail}. Choose another with --cache-dir.`;
    case 'badSettings':
      return detail;
    case 'internal':
      return `Something went wrong: ${detail}`;
    default:
      return failure.kind satisfies never;
  }
}

function inBrackets(status: number | undefined): string {
  return status === undefined ? '' : ` (${status})`;
}

function possessive(name: string): string {
  return `${name}’s`;
}
