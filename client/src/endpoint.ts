import type { Settings } from './settings.ts';

/** Where texts would be sent. */
export interface Endpoint {
  readonly provider: 'openai' | 'openaiCompatible';
  /** Empty: the provider's default. */
  readonly model: string;
  readonly baseUrl: string;
  /** `https://api.openai.com`; null when the address cannot be used. */
  readonly origin: string | null;
}

/** The configured endpoint; null for the model inside this product. */
export function endpointOf(settings: Settings): Endpoint | null {
  switch (settings.provider) {
    case 'embedded':
      return null;
    case 'openai':
      return endpoint('openai', settings.model, settings.openaiBaseUrl);
    case 'openaiCompatible':
      return endpoint('openaiCompatible', settings.model, settings.compatibleBaseUrl);
    default:
      return settings.provider satisfies never;
  }
}

/** Origin of an address texts may be sent to: https, or http on this computer. Else null. */
export function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // A name and password in an address end up in logs.
  if (url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'https:') return url.origin;
  return url.protocol === 'http:' && isLoopback(url.origin) ? url.origin : null;
}

/** Text sent there stays on this computer. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function endpoint(provider: Endpoint['provider'], model: string, baseUrl: string): Endpoint {
  return { provider, model, baseUrl, origin: originOf(baseUrl) };
}
