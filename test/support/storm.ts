import { openCache } from '../../server/src/core/cache/embedding-cache.ts';
import { createEmbedder } from '../../server/src/core/embed/embedder.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import type { EmbeddingProvider } from '../../server/src/core/providers/provider.ts';
import { standardTiming } from '../../server/src/core/providers/remote/timing.ts';
import { NO_USAGE } from '../../server/src/core/usage/usage.ts';
import { openGate } from './open-gate.ts';
import { startProviderServer, type Script } from './provider-server.ts';
import { openOn, REMOTE_KINDS, TEST_KEY } from './remote-kinds.ts';
import { seededRandom } from './seeded-random.ts';

export interface StormOptions {
  /** A remote provider whose model says how long a text may be. */
  readonly kind: string;
  readonly model: string;
  readonly texts: number;
  readonly seed: number;
  /** An empty folder for the cache. */
  readonly directory: string;
}

export interface StormResult {
  readonly texts: number;
  readonly embedded: number;
  /** Texts with a reason instead of a vector. */
  readonly listed: number;
  /** Vectors that are not the right one, or are not in the cache afterwards. */
  readonly wrong: number;
  readonly split: number;
  /** Texts (and parts of texts) in more than one answer that was sent to its end. */
  readonly paidTwice: number;
  readonly requests: number;
  /** Requests that all texts and parts fill, by the provider's published limits and our counting. */
  readonly minimum: number;
  /** How many of the requests met which fault. */
  readonly faults: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** What befalls a request, out of a hundred. */
const FAULTS: readonly (readonly [percent: number, name: string, script: Script])[] = [
  [3, '429', { kind: 'status', status: 429, headers: { 'retry-after-ms': '40' } }],
  [3, '500', { kind: 'status', status: 500 }],
  [1, 'reset', { kind: 'reset' }],
  [1, 'reset in the body', { kind: 'reset', midBody: true }],
  [8, 'slow body', { kind: 'pieces', count: 5, ms: 20 }],
];

/**
 * Embeds texts, each hundredth of them longer than the model takes, through the real embedder,
 * cache and HTTP while the server fails at random.
 */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { kind, model, texts: count, seed, directory } = options;
  const remote = REMOTE_KINDS.find((each) => each.kind === kind)!;
  const random = seededRandom(seed);
  const faults: Record<string, number> = {};
  const server = await startProviderServer(remote.wire, {
    apiKey: TEST_KEY,
    limit: ({ texts: asked }) =>
      asked.some((text) => text.length > LONGEST_TAKEN[kind]!)
        ? { status: 400, message: 'a text is too long: it exceeds the context length' }
        : null,
  });
  server.otherwise(() => {
    let dice = random() * 100;
    for (const [percent, name, script] of FAULTS) {
      dice -= percent;
      if (dice >= 0) continue;
      faults[name] = (faults[name] ?? 0) + 1;
      return script;
    }
    return null;
  });
  const cache = await openCache({ directory, storeText: true });
  try {
    const { document: provider } = await openOn(
      server,
      { kind, config: { ...remote.config, model, dimensions: null } },
      { timing: standardTiming },
    );
    server.forget();
    const shard = await cache.shard(provider.space);
    const ledger = {
      record: () => undefined,
      flush: async () => undefined,
      since: async () => NO_USAGE,
      byDay: async () => [],
      renew: async () => null,
      close: async () => undefined,
    };
    const embedder = createEmbedder({
      provider,
      gate: openGate(provider),
      shard,
      texts: cache.texts,
      ledger,
    });
    const texts = stormTexts(count, LONGEST_TAKEN[kind]!, random);
    const started = performance.now();
    const { signal } = new AbortController();
    const { outcomes } = await embedder.embedMany(texts, { signal });
    const seconds = (performance.now() - started) / 1000;
    const stored = await shard.getMany(texts.map(textHashOf));
    const right = outcomes.filter(
      (outcome, i) =>
        'vector' in outcome &&
        stored.get(textHashOf(texts[i]!))?.every((x, d) => x === outcome.vector[d]) === true,
    );
    const embedded = outcomes.filter((outcome) => 'vector' in outcome).length;
    return {
      texts: count,
      embedded,
      listed: outcomes.filter(({ kind: found }) => found === 'failed').length,
      wrong: embedded - right.length,
      split: outcomes.filter((outcome) => outcome.kind === 'miss' && outcome.shortened).length,
      paidTwice: server.answered.length - new Set(server.answered).size,
      requests: server.requests.length,
      minimum: minimumRequests(texts, provider),
      faults,
      seconds,
    };
  } finally {
    await cache.close();
    await server.close();
  }
}

/** Characters that the server takes a text to have at most, by provider: four a token. */
const LONGEST_TAKEN: Readonly<Record<string, number>> = { cohere: 2_000, mistral: 32_000 };

function stormTexts(count: number, longest: number, random: () => number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const lines = i % 100 === 99 ? longest / 26 : 2 + Math.floor(random() * 12);
    const lineAt = (_line: unknown, n: number) => `const value${i}_${n} = read(${n});`;
    return Array.from({ length: Math.floor(lines) }, lineAt).join('\n');
  });
}

/**
 * No plan can do with fewer, not even one that sends a text's parts in different requests: of texts
 * (or parts) above half a request no two share one, the smallest others fill what room these leave to
 * the last token, and the rest goes out in requests without a gap. None of them fails.
 */
function minimumRequests(texts: readonly string[], provider: EmbeddingProvider): number {
  const { maxItems, maxTokens } = provider.limits;
  const sizes = texts
    .flatMap((text) => {
      const parts = provider.countParts?.(text) ?? 1;
      const tokens = provider.countTokens(text) / parts;
      return Array.from({ length: parts }, () => tokens);
    })
    .sort((a, b) => a - b);
  const large = sizes.filter((tokens) => 2 * tokens > maxTokens);
  const small = sizes.filter((tokens) => 2 * tokens <= maxTokens);
  let tokensLeft = large.reduce((sum, tokens) => sum + maxTokens - tokens, 0);
  let itemsLeft = large.length * (maxItems - 1);
  const rest = { parts: 0, tokens: 0 };
  for (const tokens of small) {
    tokensLeft -= tokens;
    itemsLeft -= 1;
    if (tokensLeft >= 0 && itemsLeft >= 0) continue;
    rest.parts++;
    rest.tokens += tokens;
  }
  return large.length + Math.ceil(Math.max(rest.parts / maxItems, rest.tokens / maxTokens));
}
