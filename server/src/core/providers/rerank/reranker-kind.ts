import type { ProviderDeps } from '../provider-deps.ts';
import type { ProviderKind } from '../provider-kind.ts';
import { endpointOf } from '../remote/endpoint.ts';
import { exchangeJson } from '../remote/http-exchange.ts';
import { RemoteCaller } from '../remote/remote-caller.ts';
import { systemClock } from '../remote/retry.ts';
import type { Timing } from '../remote/timing.ts';
import { bearer } from '../remote/wire-format.ts';
import { estimateTokens } from '../token-estimate.ts';
import { readRelevance, type RerankWireAnswer } from './read-relevance.ts';
import type { RerankAnswer, Reranker, RerankerConfig } from './reranker.ts';

export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly texts: readonly string[];
}

/** All that tells one reranker from another: each is spoken to below `/rerank`. */
export interface RerankerSpec {
  /** Whose it is: address, name and keys are the provider's. */
  readonly provider: ProviderKind;
  readonly defaultModel: string;
  /** What the provider bills. */
  readonly bills: 'tokens' | 'searches';
  body(request: RerankRequest): object;
  /** Null where this is no such answer. */
  read(body: unknown): RerankWireAnswer | null;
}

/** One row of the reranker table. */
export interface RerankerKind {
  /** As the setting `search.reranker` names it, and as its provider is named. */
  readonly kind: string;
  readonly defaultModel: string;
  /** Where requests go, as the settings say. Not checked. */
  addressOf(config: RerankerConfig): string;
  /** Makes no request. Throws Failure `badSettings`. */
  open(config: RerankerConfig, deps: RerankerDeps, timing?: Timing): Reranker;
}

export type RerankerDeps = Pick<ProviderDeps, 'fetch' | 'apiKeyOf' | 'mayContact'>;

/** Somebody waits for the hits: better soon in our own order than late in another. */
const interactiveTiming: Timing = {
  deadlineMs: 8_000,
  retry: {
    attempts: 2,
    firstBackoffMs: 250,
    longestBackoffMs: 1_000,
    longestAskedMs: 2_000,
    giveUpAfterMs: 8_000,
  },
  clock: systemClock,
};

const CONCURRENCY = 2;
/** Cohere counts a hundred texts as one search, and a text as several where it is long. */
const TEXTS_PER_SEARCH = 100;
const TOKENS_PER_TEXT = 500;

export function rerankerKind(spec: RerankerSpec): RerankerKind {
  const { provider, defaultModel } = spec;
  const addressOf = ({ baseUrl }: RerankerConfig) =>
    baseUrl.trim() || (provider.remote?.ownAddress ?? '');
  return {
    kind: provider.kind,
    defaultModel,
    addressOf,
    open: (config, deps, timing = interactiveTiming) =>
      new RemoteReranker(spec, addressOf(config), config.model.trim(), deps, timing),
  };
}

class RemoteReranker implements Reranker {
  readonly provider: string;
  readonly model: string;
  readonly #spec: RerankerSpec;
  readonly #caller: RemoteCaller;

  constructor(
    spec: RerankerSpec,
    address: string,
    model: string,
    deps: RerankerDeps,
    timing: Timing,
  ) {
    const { kind, name, remote } = spec.provider;
    const endpoint = endpointOf(kind, address);
    const isOwn = URL.parse(remote?.ownAddress ?? '')?.origin === endpoint.origin;
    this.provider = kind;
    this.model = model || spec.defaultModel;
    this.#spec = spec;
    this.#caller = new RemoteCaller({
      provider: kind,
      name: isOwn ? name : endpoint.host,
      endpoint,
      query: {},
      keyNeeded: true,
      concurrency: CONCURRENCY,
      keyHeaders: bearer,
      exchange: exchangeJson,
      timing,
      deps,
    });
  }

  get host(): string {
    return this.#caller.host;
  }

  estimate(query: string, texts: readonly string[]) {
    const counts = texts.map(estimateTokens);
    const own = estimateTokens(query);
    // The query is read once with each text.
    const tokens = counts.reduce((sum, count) => sum + count + own, 0);
    if (this.#spec.bills === 'tokens') return { tokens, billed: tokens };
    const parts = counts.reduce(
      (sum, count) => sum + Math.ceil((count + own) / TOKENS_PER_TEXT),
      0,
    );
    return { tokens, billed: Math.ceil(parts / TEXTS_PER_SEARCH) };
  }

  async rerank(
    query: string,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<RerankAnswer> {
    const spec = this.#spec;
    const estimate = this.estimate(query, texts);
    if (texts.length === 0) return { relevance: [], tokens: 0, billed: 0, requests: 0 };
    const request = {
      model: this.model,
      query: query.toWellFormed(),
      texts: texts.map((text) => text.toWellFormed()),
    };
    const bytes = [query, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    let requests = 0;
    const { relevance, billed } = await this.#caller.call(
      {
        method: 'POST',
        path: '/rerank',
        body: spec.body(request),
        size: { items: texts.length, tokens: estimate.tokens, bytes },
        onRequest: () => requests++,
        read: async (answer) => readRelevance(spec.read(answer), texts.length),
      },
      signal,
    );
    const counted = billed ?? estimate.billed;
    const tokens = spec.bills === 'tokens' ? counted : estimate.tokens;
    return { relevance, tokens, billed: counted, requests };
  }
}
