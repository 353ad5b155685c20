import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import path from 'node:path';
import tls from 'node:tls';
import { Failure } from '../../errors.ts';
import { agentFetch } from './agent-fetch.ts';
import { isLoopback } from './endpoint.ts';
import type { Network } from './network-settings.ts';
import { TunnelAgent } from './proxy-tunnel.ts';

type Fetch = typeof globalThis.fetch;

/**
 * `fetch` as the network settings want it. What is on this computer is never reached through a proxy.
 * A proxy or a file that cannot be used fails each request with Failure `badSettings`. The proxy's
 * `name:password` stands in its address, or is kept where keys are.
 */
export function fetchThrough(
  network: Network,
  fetch: Fetch,
  credentialsOf: (proxyOrigin: string) => string | null = () => null,
): Fetch {
  const { proxy, noProxy, caFile } = network;
  if (proxy === '' && caFile === '') return fetch;
  let ways: Promise<{ direct: Fetch; proxied: Fetch }> | null = null;
  const open = async () => {
    const proxyUrl = proxy === '' ? null : proxyUrlOf(proxy);
    const ca = caFile === '' ? {} : { ca: await trustedWith(caFile) };
    const options = { keepAlive: true, ...ca };
    const direct = caFile === '' ? fetch : agentFetch(new Agent(options));
    const proxied =
      proxyUrl === null ? direct : agentFetch(new TunnelAgent(proxyUrl, credentialsOf, options));
    return { direct, proxied };
  };
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // Plain http goes to this computer only.
    if (url.protocol !== 'https:') return fetch(input, init);
    ways ??= open();
    // A file that was mended is read at the next request.
    ways.catch(() => (ways = null));
    const { direct, proxied } = await ways;
    const isDirect = isLoopback(url.hostname) || goesAround(url, noProxy);
    return isDirect ? direct(input, init) : proxied(input, init);
  };
}

/** A proxy as users write it; `host:port` means http. Throws Failure `badSettings`. */
export function proxyUrlOf(written: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`);
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '') return url;
  throw new Failure(
    'badSettings',
    'The proxy must be an address such as http://proxy.example.com:3128.',
  );
}

function goesAround({ hostname, port }: URL, noProxy: readonly string[]): boolean {
  return noProxy.some((written) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(written.trim().toLowerCase()) ?? [];
    if (name === '' || (only !== undefined && only !== (port || '443'))) return false;
    const domain = name.replace(/^\*?\./, '');
    return name === '*' || hostname === domain || hostname.endsWith(`.${domain}`);
  });
}

/** The system's certificates and those of a file. */
async function trustedWith(file: string): Promise<string[]> {
  const unusable = (why: string, cause?: unknown) =>
    new Failure('badSettings', `The certificate file ${path.basename(file)} ${why}.`, { cause });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw unusable('cannot be read', cause);
  }
  const own = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (own.length === 0) throw unusable('holds no certificate in PEM form');
  for (const certificate of own) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw unusable('holds a certificate that cannot be read', cause);
    }
  }
  // Node 22.14 has no such function, and its built-in list alone.
  const known = (tls as Partial<typeof tls>).getCACertificates?.('default') ?? tls.rootCertificates;
  return [...known, ...own];
}
