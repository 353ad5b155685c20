import type { EmbeddedProvider } from '../../providers/embedded.ts';
import type { EmbeddingProvider, ProviderAnswer } from '../../providers/provider.ts';
import type { WorkerPool } from './worker-pool.ts';

/** The built-in model, at work in worker threads. Its vectors are those of `model`. */
export function createPooledModel(model: EmbeddedProvider, pool: WorkerPool): EmbeddingProvider {
  const { space, local, host, limits, fieldWeights } = model;
  const { element, normalised } = space;
  return {
    ...{ space, local, host, limits, fieldWeights },
    concurrency: pool.size,
    countTokens: (text) => model.countTokens(text),
    embed: (texts: readonly string[], signal: AbortSignal): Promise<ProviderAnswer> =>
      pool.run({ kind: 'embed', texts, form: { element, normalised } }, signal),
  };
}
