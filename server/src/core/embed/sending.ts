import { setTimeout as delay } from 'node:timers/promises';
import type { Claims } from '../cache/claims.ts';
import type { Shard } from '../cache/shard.ts';
import type { TextStore } from '../cache/text-store.ts';
import { spaceIdOf } from '../keys/space.ts';
import type { TextHash } from '../keys/text-hash.ts';
import { takeBatch, type TextSize } from '../providers/batching.ts';
import type { EmbeddingProvider } from '../providers/provider.ts';
import { runInSlices } from '../providers/time-slices.ts';
import { tokenShares } from '../usage/token-shares.ts';
import type { Vector } from '../vectors/vector.ts';
import type { EmbedOutcome } from './embed-outcome.ts';
import type { GateAnswer, SendGate } from './send-gate.ts';
import type { SentFrom } from './sent-from.ts';

export interface SendingParts {
  readonly provider: EmbeddingProvider;
  /** The only way to the provider. */
  readonly gate: SendGate;
  readonly from: SentFrom;
  readonly shard: Shard;
  readonly texts: TextStore;
  readonly claims: Claims;
  /** Told of each answer, and how many of its vectors are kept. */
  onAnswer(answer: GateAnswer, kept: number): void;
  /** Told what a text that was found in the cache after all was billed as. */
  readonly billed: Map<TextHash, number>;
}

/** Between two looks for what another process is paying for. */
const WAIT_FOR_OTHERS_MS = 100;

/** Texts looked at beyond those one request takes: fuller requests are fewer. */
const LOOK_AHEAD = 500;
const TOKENS_PER_CUT = 2;

type Miss = readonly [hash: TextHash, text: string];

interface Batch {
  readonly misses: readonly Miss[];
  readonly abort: AbortController;
}

/**
 * The misses of one call on their way to the provider and into the cache, in a few lanes at once.
 * No request goes out while an answer waits to be committed. Other calls may wait for texts of
 * it; a request is given up when nobody wants any of its texts any more.
 */
export class Sending {
  readonly #parts: SendingParts;
  readonly store: boolean;
  readonly #outcomes = new Map<TextHash, PromiseWithResolvers<EmbedOutcome>>();
  /** How many other calls want a text. */
  readonly #wantedBy = new Map<TextHash, number>();
  readonly #running = new Set<Batch>();
  readonly #sizes = new Map<TextHash, TextSize>();
  #waiting: Miss[];
  #callerLeft = false;
  readonly #abandoned = Promise.withResolvers<undefined>();
  #failed = false;
  #taking: Promise<unknown> = Promise.resolve();
  #committing: Promise<unknown> = Promise.resolve();

  constructor(misses: ReadonlyMap<TextHash, string>, store: boolean, parts: SendingParts) {
    this.#parts = parts;
    this.store = store;
    this.#waiting = [...misses];
    for (const hash of misses.keys()) {
      const outcome = Promise.withResolvers<EmbedOutcome>();
      // Whoever wants it handles its failure; it may be nobody.
      outcome.promise.catch(() => undefined);
      this.#outcomes.set(hash, outcome);
    }
  }

  /** Ends when nothing is under way. Never throws: each outcome says what became of its text. */
  async run(): Promise<void> {
    const lanes = Array.from({ length: this.#parts.provider.concurrency }, () => this.#runLane());
    await Promise.all(lanes);
  }

  /** Settles when the text's vector is committed; rejects where its request failed. */
  outcomeOf(hash: TextHash): Promise<EmbedOutcome> {
    return this.#outcomes.get(hash)!.promise;
  }

  /** Settles when the caller has left and others still want some of it. */
  get abandoned(): Promise<undefined> {
    return this.#abandoned.promise;
  }

  /** Whether another call may still wait for this text: not where it was given up. */
  offers(hash: TextHash): boolean {
    return !this.#callerLeft || (this.#wantedBy.get(hash) ?? 0) > 0;
  }

  /** Another call wants this text, until what is returned is called. */
  want(hash: TextHash): () => void {
    this.#wantedBy.set(hash, (this.#wantedBy.get(hash) ?? 0) + 1);
    return () => {
      this.#wantedBy.set(hash, this.#wantedBy.get(hash)! - 1);
      this.#giveUpUnwanted();
    };
  }

  /** The call whose misses these are wants none any more. */
  leave(): void {
    this.#callerLeft = true;
    this.#giveUpUnwanted();
    if ([...this.#wantedBy.values()].some((count) => count > 0)) this.#abandoned.resolve(undefined);
  }

  async #runLane(): Promise<void> {
    for (;;) {
      let batch: Batch | null = null;
      try {
        batch = await this.#take();
        if (batch === null) return;
        await this.#send(batch);
      } catch (error) {
        this.#fail(error, batch);
        return;
      } finally {
        if (batch !== null) this.#running.delete(batch);
      }
    }
  }

  /** One lane after another: counting tokens pauses. Null where there is nothing left. */
  #take(): Promise<Batch | null> {
    const taken = this.#taking.then(async () => {
      if (this.#failed) return null;
      this.#giveUpUnwanted();
      const { provider } = this.#parts;
      const abort = new AbortController();
      const sizeOf = (miss: Miss) => this.#sizeOf(miss);
      const taking = takeBatch(this.#waiting, provider.limits, sizeOf, LOOK_AHEAD);
      const misses = await runInSlices(taking, abort.signal);
      if (misses.length === 0) return null;
      for (const [hash] of misses) this.#sizes.delete(hash);
      const batch = { misses, abort };
      this.#running.add(batch);
      return batch;
    });
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  /** Kept while it waits: it is weighed for each request until it goes. */
  #sizeOf([hash, text]: Miss): TextSize {
    const known = this.#sizes.get(hash);
    if (known !== undefined) return known;
    const { provider } = this.#parts;
    const items = provider.countParts?.(text) ?? 1;
    // Each cut may cost a token or two: without room for them a full request would be two.
    const tokens = provider.countTokens(text) + TOKENS_PER_CUT * (items - 1);
    const size = { items, tokens, bytes: Buffer.byteLength(text) };
    this.#sizes.set(hash, size);
    return size;
  }

  async #send({ misses, abort }: Batch): Promise<void> {
    const { claims, shard, billed } = this.#parts;
    const spaceId = spaceIdOf(shard.space);
    for (let open = misses; ;) {
      const hashes = open.map(([hash]) => hash);
      const ours = await claims.take(spaceId, hashes);
      try {
        // Another process, or a call that ended a moment ago, may have paid for it meanwhile.
        const hits = await shard.getMany(hashes, billed);
        for (const [hash, vector] of hits) this.#settle({ kind: 'hit', hash, vector });
        open = open.filter(([hash]) => !hits.has(hash));
        await this.#pay(
          open.filter(([hash]) => ours.has(hash)),
          abort.signal,
        );
      } finally {
        await claims.release(spaceId, ours);
      }
      // What is left another process pays for; if it fails, the next turn is ours.
      open = open.filter(([hash]) => !ours.has(hash));
      if (open.length === 0) return;
      await delay(WAIT_FOR_OTHERS_MS, undefined, { signal: abort.signal });
    }
  }

  async #pay(open: readonly Miss[], signal: AbortSignal): Promise<void> {
    if (open.length === 0) return;
    const { gate, from } = this.#parts;
    await this.#nothingUncommitted();
    signal.throwIfAborted();
    const texts = open.map(([, text]) => text);
    const answer = await gate.send(texts, from, signal);
    const kept = answer.outcomes.filter(({ kind }) => kind === 'vector').length;
    // A text that is not kept can never be a hit, so it is no miss either; what it cost counts.
    this.#parts.onAnswer(answer, this.store ? kept : 0);
    if (this.store) {
      const committed = this.#commit(open, answer);
      this.#committing = Promise.allSettled([this.#committing, committed]);
      await committed;
    }
    for (const [i, [hash]] of open.entries()) {
      const outcome = answer.outcomes[i]!;
      this.#settle(
        outcome.kind === 'vector' ? { ...outcome, kind: 'miss', hash } : { ...outcome, hash },
      );
    }
  }

  /** Until every answer that is here is in the cache; others may come in meanwhile. */
  async #nothingUncommitted(): Promise<void> {
    for (let last: unknown = null; last !== this.#committing;) {
      last = this.#committing;
      await last;
    }
  }

  async #commit(misses: readonly Miss[], answer: GateAnswer): Promise<void> {
    const { provider, shard, texts } = this.#parts;
    const counts = misses.map(([, text]) => provider.countTokens(text));
    const shares = tokenShares(answer.tokens, counts);
    const vectors = new Map<TextHash, Vector>();
    const tokens = new Map<TextHash, number>();
    const kept = new Map<TextHash, string>();
    for (const [i, [hash, text]] of misses.entries()) {
      tokens.set(hash, shares[i]!);
      const outcome = answer.outcomes[i]!;
      if (outcome.kind !== 'vector') continue;
      vectors.set(hash, outcome.vector);
      kept.set(hash, text);
    }
    // The vectors first: they are what was paid for.
    await shard.putMany(vectors, provider.local ? undefined : tokens);
    await texts.putMany(kept);
  }

  #settle(outcome: EmbedOutcome): void {
    this.#outcomes.get(outcome.hash)!.resolve(outcome);
  }

  /** The other lanes finish what they have sent, and send no more. */
  #fail(error: unknown, batch: Batch | null): void {
    this.#failed = true;
    for (const [hash] of [...(batch?.misses ?? []), ...this.#waiting.splice(0)]) {
      this.#outcomes.get(hash)!.reject(error);
    }
  }

  #giveUpUnwanted(): void {
    if (!this.#callerLeft) return;
    const isWanted = ([hash]: Miss) => (this.#wantedBy.get(hash) ?? 0) > 0;
    const gone = new DOMException('Nobody wants it any more.', 'AbortError');
    for (const [hash] of this.#waiting.filter((miss) => !isWanted(miss))) {
      this.#outcomes.get(hash)!.reject(gone);
    }
    this.#waiting = this.#waiting.filter(isWanted);
    for (const { misses, abort } of this.#running) if (!misses.some(isWanted)) abort.abort(gone);
  }
}
