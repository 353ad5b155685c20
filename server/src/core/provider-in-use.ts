import path from 'node:path';
import type { EmbeddingCache } from './cache/embedding-cache.ts';
import type { Config } from './config.ts';
import type { CoreDeps } from './core-api.ts';
import type { Embedder, EmbedOptions, EmbedOutcome } from './embed/embedder.ts';
import type { IndexThreads } from './index/workers/index-threads.ts';
import { withShards, type OpenedProvider } from './opened-provider.ts';
import type { Outbound } from './outbound.ts';
import { createProvider } from './providers/create-provider.ts';
import type { LocalModelDeps } from './providers/provider-deps.ts';
import type { ProviderPair } from './providers/provider.ts';
import { openLimitMemory } from './providers/remote/limit-memory.ts';
import type { Ledger } from './usage/ledger.ts';
import type { PriceOf } from './usage/prices.ts';
import { toUnit, type Vector } from './vectors/vector.ts';

export type PricedDeps = CoreDeps & { readonly priceOf: PriceOf };

export interface ProviderInUseParts {
  readonly config: Config;
  readonly deps: PricedDeps;
  readonly cache: EmbeddingCache;
  readonly ledger: Ledger;
  readonly outbound: Outbound;
  readonly threads: IndexThreads;
  /** Called after a text was embedded. */
  changed(): void;
}

/** The configured provider, opened on first use: a model's file is large, and a remote one may need a request. */
export class ProviderInUse {
  readonly #parts: ProviderInUseParts;
  #opened: Promise<OpenedProvider> | null = null;

  constructor(parts: ProviderInUseParts) {
    this.#parts = parts;
  }

  open(
    signal: AbortSignal,
    { mayAskDimensions } = { mayAskDimensions: true },
  ): Promise<OpenedProvider> {
    if (this.#opened) return this.#opened;
    const { threads, cache, ledger, outbound, deps } = this.#parts;
    const opened = this.#create(signal, mayAskDimensions).then((pair) =>
      withShards(threads.withModel(pair), cache, ledger, outbound, deps.priceOf),
    );
    this.#opened = opened;
    // A failed opening must not stick: a key may be set, or the network be back, at the next call.
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  /** Of unit length; null where the text has no vector. */
  async embedQuery(text: string, signal: AbortSignal): Promise<Vector | null> {
    const { queries, provider } = await this.open(signal);
    // Every prefix typed is a query: worth keeping only where it was paid for.
    const from = { kind: 'query' } as const;
    const outcome = await this.#embedOne(queries, text, { signal, store: !provider.local, from });
    // Its words are looked up all the same: somebody may be looking for a key that leaked.
    if (outcome.kind === 'withheld') this.#parts.deps.logger.warn('the query was not sent');
    return 'vector' in outcome ? toUnit(outcome.vector) : null;
  }

  /** Of unit length; null where the text has no vector. Throws Failure for one that is withheld. */
  async embedDocument(text: string, signal: AbortSignal): Promise<Vector | null> {
    const { documents } = await this.open(signal);
    const outcome = await this.#embedOne(documents, text, { signal });
    if (outcome.kind === 'withheld') throw this.#parts.outbound.failureOf(outcome.reason);
    return 'vector' in outcome ? toUnit(outcome.vector) : null;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.close();
  }

  async #embedOne(embedder: Embedder, text: string, options: EmbedOptions): Promise<EmbedOutcome> {
    const { outcomes } = await embedder.embedMany([text], options);
    this.#parts.changed();
    return outcomes[0]!;
  }

  async #create(signal: AbortSignal, mayAskDimensions: boolean): Promise<ProviderPair> {
    const { config, cache, deps } = this.#parts;
    const { ownProvider } = deps;
    if (ownProvider) return { document: ownProvider, query: ownProvider };
    const knownSpaces = () => cache.spaces();
    const limitMemory = openLimitMemory(path.join(config.cacheDir, 'limits.json'));
    const asked = { ...deps, form: config.vectors, mayAskDimensions, knownSpaces, limitMemory };
    const localModels = localModelsOf(config, deps);
    return createProvider(config.provider, { ...asked, localModels }, signal);
  }
}

export function localModelsOf({ cacheDir }: Config, { modelProcess }: CoreDeps): LocalModelDeps {
  return { processFile: modelProcess, cacheDir, env: process.env };
}
