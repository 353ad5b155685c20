import type { Shard } from '../cache/shard.ts';
import type { TextStore } from '../cache/text-store.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { textHashOf, type TextHash } from '../keys/text-hash.ts';
import { batchesOf } from '../providers/batching.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import type { Ledger } from '../usage/ledger.ts';
import { costUsd } from '../usage/prices.ts';
import { tokenShares } from '../usage/token-shares.ts';
import { NO_USAGE } from '../usage/usage.ts';
import type { Vector } from '../vectors/vector.ts';
import { lookUpVectors, storeVectors } from './stored-vectors.ts';
import type { SendGate, WithheldReason } from './send-gate.ts';
import type { SentFrom } from './sent-from.ts';

export type EmbedOutcome =
  | { readonly kind: 'hit' | 'miss'; readonly hash: TextHash; readonly vector: Vector }
  | { readonly kind: 'failed'; readonly hash: TextHash; readonly reason: string }
  /** Not sent, and not in the cache. */
  | { readonly kind: 'withheld'; readonly hash: TextHash; readonly reason: WithheldReason };

export interface Embedded {
  /** One per text, in the order given; a text given twice has two equal outcomes. */
  readonly outcomes: readonly EmbedOutcome[];
  /** What this call alone sent. */
  readonly requests: number;
  readonly tokens: number;
}

export interface EmbedOptions {
  readonly signal: AbortSignal;
  /** False: look in the cache, but do not store what was not there. Default true. */
  readonly store?: boolean;
  /** Noted with what is sent. Default: texts without a file. */
  readonly from?: SentFrom;
}

/** keys → cache → provider → cache. */
export interface Embedder {
  readonly space: EmbeddingSpace;
  /**
   * Only texts never seen in this space are sent; each answer is stored before the next request
   * goes out. Throws what the provider throws; what was answered until then is in the cache.
   */
  embedMany(texts: readonly string[], options: EmbedOptions): Promise<Embedded>;
  /** What is stored for each text, in the order given; null where nothing is. Sends nothing. */
  lookUpMany(texts: readonly string[]): Promise<(Vector | null)[]>;
  /** Stores vectors made elsewhere, one per text. Throws TypeError for one that does not fit. */
  storeMany(texts: readonly string[], vectors: readonly ArrayLike<number>[]): Promise<void>;
  /** Texts of these that would be sent, each once. Sends nothing. */
  missesOf(texts: readonly string[]): Promise<Map<TextHash, string>>;
  /** Texts of these that would be withheld because they look secret. Sends nothing. */
  secretsAmong(
    misses: ReadonlyMap<TextHash, string>,
    signal: AbortSignal,
  ): Promise<ReadonlySet<TextHash>>;
}

export interface EmbedderParts {
  readonly provider: EmbeddingProvider;
  /** The only way to the provider. */
  readonly gate: SendGate;
  readonly shard: Shard;
  readonly texts: TextStore;
  readonly ledger: Ledger;
}

export function createEmbedder(parts: EmbedderParts): Embedder {
  return new CachingEmbedder(parts);
}

type Settled = Map<TextHash, EmbedOutcome>;

class CachingEmbedder implements Embedder {
  readonly #parts: EmbedderParts;
  readonly #spaceId: string;
  /** Texts being embedded by another call right now: whoever else wants one waits for it. */
  readonly #inFlight = new Map<TextHash, Promise<void>>();

  constructor(parts: EmbedderParts) {
    this.#parts = parts;
    this.#spaceId = spaceIdOf(parts.provider.space);
  }

  get space(): EmbeddingSpace {
    return this.#parts.provider.space;
  }

  async embedMany(texts: readonly string[], options: EmbedOptions): Promise<Embedded> {
    const hashes = texts.map(textHashOf);
    const byHash = new Map(hashes.map((hash, i) => [hash, texts[i]!]));
    const settled: Settled = new Map();
    const sent = { requests: 0, tokens: 0 };
    const billed = new Map<TextHash, number>();
    while (settled.size < byHash.size) {
      const open = [...byHash.keys()].filter((hash) => !settled.has(hash));
      const hits = await this.#parts.shard.getMany(open, billed);
      for (const [hash, vector] of hits) settled.set(hash, { kind: 'hit', hash, vector });
      const misses = open.filter((hash) => !hits.has(hash));
      const others = misses.flatMap((hash) => this.#inFlight.get(hash) ?? []);
      const ours = misses.filter((hash) => !this.#inFlight.has(hash));
      const mine = new Map(ours.map((hash) => [hash, byHash.get(hash)!]));
      await this.#sendMisses(mine, settled, sent, options);
      // Another call's answers are in the cache when it is done; if it failed we ask ourselves.
      await Promise.all(others);
      options.signal.throwIfAborted();
    }
    const outcomes = hashes.map((hash) => settled.get(hash)!);
    const hits = new Map([...byHash].filter(([hash]) => settled.get(hash)!.kind === 'hit'));
    this.#recordHits(hits, billed);
    // A kill between the two stores, or damage, may have left a vector without its text.
    if (options.store !== false) await this.#keepTexts(hits);
    return { outcomes, ...sent };
  }

  lookUpMany(texts: readonly string[]): Promise<(Vector | null)[]> {
    return lookUpVectors(texts, this.#parts);
  }

  storeMany(texts: readonly string[], vectors: readonly ArrayLike<number>[]): Promise<void> {
    return storeVectors(texts, vectors, this.#parts);
  }

  async missesOf(texts: readonly string[]): Promise<Map<TextHash, string>> {
    const byHash = new Map(texts.map((text) => [textHashOf(text), text]));
    const hits = await this.#parts.shard.getMany([...byHash.keys()]);
    for (const hash of hits.keys()) byHash.delete(hash);
    return byHash;
  }

  async secretsAmong(
    misses: ReadonlyMap<TextHash, string>,
    signal: AbortSignal,
  ): Promise<ReadonlySet<TextHash>> {
    const looksSecret = await this.#parts.gate.looksSecret([...misses.values()], signal);
    return new Set([...misses.keys()].filter((_, i) => looksSecret[i]));
  }

  async #sendMisses(
    misses: Map<TextHash, string>,
    settled: Settled,
    sent: { requests: number; tokens: number },
    { signal, store = true, from = { kind: 'texts' } }: EmbedOptions,
  ): Promise<void> {
    if (misses.size === 0) return;
    const { gate, provider } = this.#parts;
    const done = Promise.withResolvers<undefined>();
    for (const hash of misses.keys()) this.#inFlight.set(hash, done.promise);
    try {
      const entries = [...misses];
      for (const batch of batchesOf(entries, provider.limits, ([, text]) => ({
        tokens: provider.countTokens(text),
        bytes: Buffer.byteLength(text),
      }))) {
        signal.throwIfAborted();
        const answer = await gate.send(
          batch.map(([, text]) => text),
          from,
          signal,
        );
        sent.requests += answer.requests;
        sent.tokens += answer.tokens;
        const vectors = new Map<TextHash, Vector>();
        const texts = new Map<TextHash, string>();
        const shares = tokenShares(
          answer.tokens,
          batch.map(([, text]) => provider.countTokens(text)),
        );
        const tokens = new Map(batch.map(([hash], i) => [hash, shares[i]!]));
        batch.forEach(([hash, text], i) => {
          const outcome = answer.outcomes[i]!;
          if (outcome.kind !== 'vector') {
            settled.set(hash, { hash, ...outcome });
            return;
          }
          settled.set(hash, { kind: 'miss', hash, vector: outcome.vector });
          vectors.set(hash, outcome.vector);
          texts.set(hash, text);
        });
        // A text that is not kept can never be a hit, so it is no miss either; what it cost counts.
        this.#recordMisses(store ? vectors.size : 0, answer);
        if (store) {
          // The vectors first: they are what was paid for.
          await this.#parts.shard.putMany(vectors, provider.local ? undefined : tokens);
          await this.#parts.texts.putMany(texts);
        }
      }
    } finally {
      for (const hash of misses.keys()) this.#inFlight.delete(hash);
      done.resolve(undefined);
    }
  }

  #recordMisses(misses: number, answer: { requests: number; tokens: number }): void {
    const { provider, model } = this.space;
    this.#parts.ledger.record(this.#spaceId, {
      ...NO_USAGE,
      misses,
      requests: answer.requests,
      tokens: answer.tokens,
      costUsd: costUsd(provider, model, answer.tokens),
    });
  }

  /** In the background: a lookup must not wait for a lock, nor fail for what it did not need. */
  async #keepTexts(texts: ReadonlyMap<TextHash, string>): Promise<void> {
    const missing = await this.#parts.texts.missingOf(texts);
    if (missing.size === 0) return;
    this.#parts.texts.putMany(missing).catch(() => {
      // The next hit tries again.
    });
  }

  #recordHits(hits: ReadonlyMap<TextHash, string>, billed: ReadonlyMap<TextHash, number>): void {
    if (hits.size === 0) return;
    const { provider } = this.#parts;
    let tokens = 0;
    if (!provider.local) {
      for (const [hash, text] of hits) tokens += billed.get(hash) ?? provider.countTokens(text);
    }
    this.#parts.ledger.record(this.#spaceId, {
      ...NO_USAGE,
      hits: hits.size,
      savedUsd: costUsd(this.space.provider, this.space.model, tokens),
    });
  }
}
