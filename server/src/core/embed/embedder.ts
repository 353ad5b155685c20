import { NO_CLAIMS, type Claims } from '../cache/claims.ts';
import type { Shard } from '../cache/shard.ts';
import type { TextStore } from '../cache/text-store.ts';
import { spaceIdOf, type EmbeddingSpace } from '../keys/space.ts';
import { textHashOf, type TextHash } from '../keys/text-hash.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import type { Ledger } from '../usage/ledger.ts';
import { costUsd, listPrice, type PriceOf } from '../usage/prices.ts';
import { NO_USAGE } from '../usage/usage.ts';
import type { Vector } from '../vectors/vector.ts';
import type { EmbedOutcome } from './embed-outcome.ts';
import { Sending } from './sending.ts';
import { lookUpVectors, storeVectors } from './stored-vectors.ts';
import type { SendGate } from './send-gate.ts';
import type { SentFrom } from './sent-from.ts';

export type { EmbedOutcome };

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
   * goes out, in each of the provider's lanes. Throws what the provider throws; what was answered
   * until then is in the cache.
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
  /** Who pays for what, over all processes; none where each pays for itself. */
  readonly claims?: Claims;
  readonly shard: Shard;
  readonly texts: TextStore;
  readonly ledger: Ledger;
  /** List prices unless the user has others. */
  readonly priceOf?: PriceOf;
}

export function createEmbedder(parts: EmbedderParts): Embedder {
  return new CachingEmbedder(parts);
}

type Settled = Map<TextHash, EmbedOutcome>;

class CachingEmbedder implements Embedder {
  readonly #parts: EmbedderParts;
  readonly #spaceId: string;
  /** Texts being embedded right now, by whichever call: whoever else wants one waits for it. */
  readonly #inFlight = new Map<TextHash, Sending>();

  constructor(parts: EmbedderParts) {
    this.#parts = parts;
    this.#spaceId = spaceIdOf(parts.provider.space);
  }

  get #priceOf(): PriceOf {
    return this.#parts.priceOf ?? listPrice;
  }

  get space(): EmbeddingSpace {
    return this.#parts.provider.space;
  }

  async embedMany(texts: readonly string[], options: EmbedOptions): Promise<Embedded> {
    const { signal, store = true, from = { kind: 'texts' } } = options;
    const hashes = texts.map(textHashOf);
    const byHash = new Map(hashes.map((hash, i) => [hash, texts[i]!]));
    const billed = new Map<TextHash, number>();
    const vectors = await this.#parts.shard.getMany([...byHash.keys()], billed);
    signal.throwIfAborted();
    const settled = new Map<TextHash, EmbedOutcome>();
    for (const [hash, vector] of vectors) settled.set(hash, { kind: 'hit', hash, vector });
    const sent = { requests: 0, tokens: 0 };
    const { own, others } = this.#share(byHash, settled, store);
    await Promise.all([
      this.#sendOwn(own, settled, sent, billed, { signal, store, from }),
      ...others.map(([hash, sending]) => this.#awaitOther(hash, sending, settled, signal)),
    ]);
    const outcomes = hashes.map((hash) => settled.get(hash)!);
    const hits = new Map([...byHash].filter(([hash]) => settled.get(hash)!.kind === 'hit'));
    this.#recordHits(hits, billed);
    // A kill between the two stores, or damage, may have left a vector without its text.
    if (store) await this.#keepTexts(hits);
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

  /** Which misses this call sends itself, and which are on their way by another one. */
  #share(byHash: ReadonlyMap<TextHash, string>, settled: Settled, store: boolean) {
    const own = new Map<TextHash, string>();
    const others: [TextHash, Sending][] = [];
    for (const [hash, text] of byHash) {
      if (settled.has(hash)) continue;
      const sending = this.#inFlight.get(hash);
      // What another call does not store is of no use to one that does.
      if (sending?.offers(hash) && (sending.store || !store)) others.push([hash, sending]);
      else own.set(hash, text);
    }
    return { own, others };
  }

  /** Throws what the first failed request threw, after the others are answered and stored. */
  async #sendOwn(
    misses: ReadonlyMap<TextHash, string>,
    settled: Settled,
    sent: { requests: number; tokens: number },
    billed: Map<TextHash, number>,
    { signal, store, from }: Required<EmbedOptions>,
  ): Promise<void> {
    if (misses.size === 0) return;
    const { provider, claims = NO_CLAIMS } = this.#parts;
    const sending = new Sending(misses, store, {
      ...this.#parts,
      // What costs nothing, or is not kept, nobody need wait for.
      claims: provider.local || !store ? NO_CLAIMS : claims,
      from,
      billed,
      onAnswer: (answer, kept) => {
        sent.requests += answer.requests;
        sent.tokens += answer.tokens;
        this.#recordMisses(kept, answer);
      },
    });
    const leave = () => {
      sending.leave();
    };
    signal.addEventListener('abort', leave);
    for (const hash of misses.keys()) this.#inFlight.set(hash, sending);
    const running = sending.run().finally(() => {
      for (const hash of misses.keys()) {
        if (this.#inFlight.get(hash) === sending) this.#inFlight.delete(hash);
      }
      signal.removeEventListener('abort', leave);
    });
    // Who cancels waits for what was answered to be stored, but not for what others still want.
    await Promise.race([running, sending.abandoned]);
    signal.throwIfAborted();
    for (const hash of misses.keys()) settled.set(hash, await sending.outcomeOf(hash));
  }

  async #awaitOther(hash: TextHash, sending: Sending, settled: Settled, signal: AbortSignal) {
    const unwant = sending.want(hash);
    try {
      const outcome = await untilAborted(sending.outcomeOf(hash), signal);
      settled.set(hash, outcome.kind === 'miss' ? { ...outcome, kind: 'hit' } : outcome);
    } finally {
      unwant();
    }
  }

  #recordMisses(misses: number, answer: { requests: number; tokens: number }): void {
    const { provider, model } = this.space;
    this.#parts.ledger.record(this.#spaceId, {
      ...NO_USAGE,
      misses,
      requests: answer.requests,
      tokens: answer.tokens,
      costUsd: costUsd(this.#priceOf, provider, model, answer.tokens),
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
      savedUsd: costUsd(this.#priceOf, this.space.provider, this.space.model, tokens),
    });
  }
}

/** The promise, or the signal's reason where it fires first. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
