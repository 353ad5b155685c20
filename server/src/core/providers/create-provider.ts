import type { ProviderConfig } from '../config.ts';
import { EmbeddedProvider } from './embedded.ts';
import { createOpenAiProvider } from './openai.ts';
import type { ProviderDeps } from './provider-deps.ts';
import type { ProviderPair } from './provider.ts';

export type { ProviderDeps } from './provider-deps.ts';

/**
 * Opens the configured provider. Makes no request unless a model's dimensions are unknown. Throws
 * Failure `badSettings`, or as `EmbeddingProvider.embed` where it has to ask for the dimensions.
 */
export async function createProvider(
  config: ProviderConfig,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProviderPair> {
  switch (config.kind) {
    case 'embedded': {
      const provider = new EmbeddedProvider(deps.modelFile, deps.form);
      return { document: provider, query: provider };
    }
    case 'openai':
    case 'openaiCompatible': {
      const provider = await createOpenAiProvider(config, deps, signal);
      return { document: provider, query: provider };
    }
  }
}
