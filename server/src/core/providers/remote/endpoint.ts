import { Failure } from '../../errors.ts';

/** Where a remote provider's requests go. */
export interface Endpoint {
  /** Without a trailing slash, e.g. `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** What keys and consent are bound to, e.g. `https://api.openai.com`. */
  readonly origin: string;
  /** With the port where it is not the scheme's own. */
  readonly host: string;
  /** Text sent there stays on this computer. */
  readonly loopback: boolean;
}

/**
 * Checks an address from the settings. Throws Failure `badSettings`; its message never holds the
 * address, whose path or query may carry a secret.
 */
export function endpointOf(provider: string, baseUrl: string): Endpoint {
  const url = URL.parse(baseUrl.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure(
      'badSettings',
      'The base URL is not an address: it looks like https://host/v1.',
      { provider },
    );
  }
  const { host } = url;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Failure(
      'badSettings',
      `The base URL of ${host} may hold no user name, query or fragment; store the API key instead.`,
      { provider, host },
    );
  }
  const loopback = isLoopback(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    throw new Failure(
      'badSettings',
      `The base URL of ${host} must begin with https://: only this computer may be reached without.`,
      { provider, host },
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return { baseUrl: url.origin + path, origin: url.origin, host, loopback };
}

/** Names that every resolver keeps on this computer; URL has already made `127.1` 127.0.0.1. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
