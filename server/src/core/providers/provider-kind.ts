import type { ProviderConfig } from './provider-config.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type { ProviderPair } from './provider.ts';

/** One row of the provider table: all that the rest of the product knows of a provider. */
export interface ProviderKind {
  /** As the setting `provider` names it; part of every space, so it never changes. */
  readonly kind: string;
  /** As people call it, e.g. `OpenAI`. */
  readonly name: string;
  /** Null for a model on this computer that has no address. */
  readonly remote: RemoteFacts | null;
  /** Can be said without opening it, and without a request. */
  describe(config: ProviderConfig): ProviderDescription;
  /**
   * Makes no request unless something about the model must be asked of it. Throws Failure
   * `badSettings`, or as `EmbeddingProvider.embed` where it has to ask.
   */
  open(config: ProviderConfig, deps: ProviderDeps, signal: AbortSignal): Promise<ProviderPair>;
}

export interface RemoteFacts {
  /** Address of the provider's own API; null where each user has another. */
  readonly ownAddress: string | null;
  readonly keyNeeded: boolean;
  /** Environment variables the key is usually in, the first that is set counts. */
  readonly keyVariables: readonly string[];
  /** Environment variables the address is usually in. */
  readonly addressVariables: readonly string[];
  /** Models to offer, the default one first; empty where the user names one. */
  readonly models: readonly string[];
  /** Length of a model's vectors; null where it is not published. */
  dimensionsOf(model: string): number | null;
}

/** What can be said of a configured provider before it is opened. */
export interface ProviderDescription {
  /** Provider kind. */
  readonly name: string;
  readonly model: string;
  /** Where requests go, as the settings say; null where they say nothing. Not checked. */
  readonly address: string | null;
  /** Host texts are sent to; null for a model on this computer that has no address. */
  readonly host: string | null;
  /** No text leaves this computer. */
  readonly local: boolean;
}
