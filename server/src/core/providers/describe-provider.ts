import type { ProviderConfig } from '../config.ts';
import { isLoopback, OPENAI_BASE_URL } from './endpoint.ts';
import { DEFAULT_OPENAI_MODEL } from './openai-models.ts';

/** What can be said of a configured provider before it is opened. */
export interface ProviderDescription {
  /** Provider kind. */
  readonly name: string;
  readonly model: string;
  /** Host texts are sent to; null for a model in this process. */
  readonly host: string | null;
  /** No text leaves this computer. */
  readonly local: boolean;
}

export function describeProvider(config: ProviderConfig): ProviderDescription {
  const name = config.kind;
  if (name === 'embedded') return { name, model: 'built-in', host: null, local: true };
  const own = name === 'openai';
  const model = config.model === '' && own ? DEFAULT_OPENAI_MODEL : config.model;
  const address = config.baseUrl === '' && own ? OPENAI_BASE_URL : config.baseUrl;
  // An address that is none is refused when the provider is opened, with what to do about it.
  const url = URL.parse(address);
  return { name, model, host: url?.host ?? null, local: url !== null && isLoopback(url.hostname) };
}
