import path from 'node:path';
import { openCache, type EmbeddingCache } from '../../server/src/core/cache/embedding-cache.ts';
import { createSendGate } from '../../server/src/core/embed/send-gate.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import type { EmbeddingProvider } from '../../server/src/core/providers/provider.ts';
import {
  openLimitMemory,
  type LimitMemory,
} from '../../server/src/core/providers/remote/limit-memory.ts';
import type { SendLog } from '../../server/src/core/usage/send-log.ts';
import { openSoundSendLog } from './sound-send-log.ts';
import type { Vector } from '../../server/src/core/vectors/vector.ts';

/**
 * A cache directory in which calls of a provider leave what they leave in the product: the log of
 * what was sent, what was learned, and the vectors and texts that were answered.
 */
export class KeptCalls {
  readonly directory: string;
  #cache: Promise<EmbeddingCache> | null = null;
  #log: Promise<SendLog> | null = null;
  #memories = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** A file of its own for what is learned from now on. */
  limitMemory(): LimitMemory {
    return openLimitMemory(path.join(this.directory, `limits-${this.#memories++}.json`));
  }

  /** The same provider, whose calls go through the gate before the network and are stored. */
  keep(provider: EmbeddingProvider): EmbeddingProvider {
    const gate = createSendGate({
      provider,
      scanner: null,
      monthlyUsd: null,
      sendLog: () => (this.#log ??= this.#openLog()),
    });
    return {
      space: provider.space,
      local: provider.local,
      host: provider.host,
      concurrency: provider.concurrency,
      fieldWeights: provider.fieldWeights,
      get limits() {
        return provider.limits;
      },
      countTokens: (text) => provider.countTokens(text),
      embed: async (texts, signal) => {
        const answer = await gate.send(texts, { kind: 'texts', file: 'src/a.ts' }, signal);
        const vectors = new Map<string, Vector>();
        const outcomes = answer.outcomes.map((outcome, i) => {
          if (outcome.kind === 'withheld') throw new Error(`withheld: ${outcome.reason}`);
          if (outcome.kind === 'vector') vectors.set(texts[i]!, outcome.vector);
          return outcome;
        });
        await this.#store(provider, vectors);
        return { ...answer, outcomes };
      },
    };
  }

  async close(): Promise<void> {
    await (await this.#log)?.close();
    await (await this.#cache)?.close();
  }

  async #store(provider: EmbeddingProvider, vectors: ReadonlyMap<string, Vector>): Promise<void> {
    if (vectors.size === 0) return;
    const cache = await (this.#cache ??= openCache({ directory: this.directory, storeText: true }));
    const shard = await cache.shard(provider.space);
    await shard.putMany(new Map([...vectors].map(([text, vector]) => [textHashOf(text), vector])));
    await cache.texts.putMany(new Map([...vectors.keys()].map((text) => [textHashOf(text), text])));
  }

  #openLog(): Promise<SendLog> {
    return openSoundSendLog(path.join(this.directory, 'sent.db'));
  }
}
