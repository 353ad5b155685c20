import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { createEmbedder, type Embedder } from './embed/embedder.ts';
import type { Outbound } from './outbound.ts';
import type { EmbeddingProvider, ProviderPair } from './providers/provider.ts';
import type { Ledger } from './usage/ledger.ts';
import type { PriceOf } from './usage/prices.ts';

/** A provider with the shard its vectors live in, for documents and for queries. */
export interface OpenedProvider {
  readonly provider: EmbeddingProvider;
  readonly documents: Embedder;
  readonly queries: Embedder;
}

export async function withShards(
  pair: ProviderPair,
  cache: EmbeddingCache,
  ledger: Ledger,
  outbound: Outbound,
  priceOf: PriceOf,
): Promise<OpenedProvider> {
  const embedderOf = async (provider: EmbeddingProvider) =>
    createEmbedder({
      provider,
      gate: outbound.gateOf(provider),
      shard: await cache.shard(provider.space),
      texts: cache.texts,
      claims: cache.claims,
      ledger,
      priceOf,
    });
  const documents = await embedderOf(pair.document);
  const queries = pair.query === pair.document ? documents : await embedderOf(pair.query);
  return { provider: pair.document, documents, queries };
}
