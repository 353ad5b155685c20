import type { EmbeddingCache } from './cache/embedding-cache.ts';
import { RecentVectors } from './cache/recent-vectors.ts';
import { createEmbedder, type Embedder } from './embed/embedder.ts';
import type { Outbound } from './outbound.ts';
import type { EmbeddingProvider, ProviderPair } from './providers/provider.ts';
import type { Ledger } from './usage/ledger.ts';
import type { PriceOf } from './usage/prices.ts';

/** Of the vectors search read last: a thousand or more, whatever their length. */
const RECENT_BYTES = 8 * 1024 * 1024;

/** A provider with the shard its vectors live in, for documents and for queries. */
export interface OpenedProvider {
  readonly provider: EmbeddingProvider;
  readonly documents: Embedder;
  readonly queries: Embedder;
  /** Name of the check for secrets that texts pass; null: they pass none. */
  readonly secretCheck: string | null;
  /** Documents' vectors, for search. */
  readonly vectors: RecentVectors;
  /** Ends what the provider runs. */
  close(): Promise<void>;
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
  const shard = await cache.shard(pair.document.space);
  const vectors = new RecentVectors(shard, { maxBytes: RECENT_BYTES });
  const { secretCheck } = outbound;
  const close = async () => pair.close?.();
  return { provider: pair.document, documents, queries, secretCheck, vectors, close };
}
