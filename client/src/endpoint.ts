import { knownProvider } from './providers.ts';
import type { ProviderKind, Settings } from './settings.ts';

/** Where texts would be sent. */
export interface Endpoint {
  readonly provider: ProviderKind;
  /** Empty: the provider's default. */
  readonly model: string;
  readonly baseUrl: string;
  /** `https://api.openai.com`; null when the address cannot be used. */
  readonly origin: string | null;
}

/** The configured endpoint; null for a model on this computer that has no address. */
export function endpointOf(settings: Settings): Endpoint | null {
  const { provider, model } = settings;
  const baseUrl = addressOf(settings);
  return baseUrl === null ? null : { provider, model, baseUrl, origin: originOf(baseUrl) };
}

/** Where the best hits of a search are sent to be put in order; null where they are not. */
export function rerankerEndpointOf({ reranker }: Settings): Endpoint | null {
  const baseUrl = reranker === 'none' ? null : knownProvider(reranker).ownAddress;
  if (baseUrl === null) return null;
  return { provider: reranker, model: '', baseUrl, origin: originOf(baseUrl) };
}

function addressOf(settings: Settings): string | null {
  switch (settings.provider) {
    case 'openai':
      return settings.openaiBaseUrl;
    case 'azureOpenai':
      return settings.azureEndpoint;
    case 'openaiCompatible':
      return settings.compatibleBaseUrl;
    case 'ollama':
      return settings.ollamaBaseUrl;
    default:
      return knownProvider(settings.provider).ownAddress;
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
