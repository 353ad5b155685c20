import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  EmbeddingProvider,
  ProviderOutcome,
} from '../../server/src/core/providers/provider.ts';
import { dot, norm, type Vector } from '../../server/src/core/vectors/vector.ts';

/** A provider opened for one test, and what ends whatever it needs. */
export interface ProviderUnderTest {
  readonly provider: EmbeddingProvider;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const texts = [
  'export function parseDate(text: string): Date',
  'retry the request with exponential backoff',
  'struct node *insert(struct node *root, int key)',
];

/** What every provider promises, whatever model is behind it. */
export function describeProvider(name: string, create: () => Promise<ProviderUnderTest>): void {
  describe(`${name} provider`, () => {
    let opened: ProviderUnderTest;
    let provider: EmbeddingProvider;
    beforeEach(async () => {
      opened = await create();
      provider = opened.provider;
    });
    afterEach(() => opened.close());

    it('returns one vector per text, in order', async () => {
      const together = await provider.embed(texts, never);
      expect(together.outcomes).toHaveLength(texts.length);
      for (const [i, text] of texts.entries()) {
        const alone = await provider.embed([text], never);
        expect(vectorOf(together.outcomes[i])).toEqual(vectorOf(alone.outcomes[0]));
      }
    });

    it('gives different texts different vectors', async () => {
      const vectors = (await provider.embed(texts, never)).outcomes.map(vectorOf);
      expect(dot(vectors[0]!, vectors[1]!)).toBeLessThan(0.99);
      expect(dot(vectors[1]!, vectors[2]!)).toBeLessThan(0.99);
    });

    it('gives a text given twice the same vector twice', async () => {
      const { outcomes } = await provider.embed([texts[0]!, texts[1]!, texts[0]!], never);
      expect(vectorOf(outcomes[2])).toEqual(vectorOf(outcomes[0]));
    });

    it('gives unit vectors of the length its space says', async () => {
      for (const outcome of (await provider.embed(texts, never)).outcomes) {
        const vector = vectorOf(outcome);
        expect(vector).toHaveLength(provider.space.dimensions);
        expect(norm(vector)).toBeCloseTo(1, 5);
      }
    });

    it('fails an empty or blank text alone, and says why', async () => {
      const { outcomes } = await provider.embed([texts[0]!, '', ' \n\t', texts[1]!], never);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['vector', 'failed', 'failed', 'vector']);
      for (const outcome of outcomes.slice(1, 3)) {
        expect(outcome.kind === 'failed' && outcome.reason).toMatch(/^The text .+\.$/);
      }
    });

    it('answers nothing to no texts', async () => {
      expect(await provider.embed([], never)).toEqual({ outcomes: [], tokens: 0, requests: 0 });
    });

    it('reports tokens, and requests exactly when texts leave the process', async () => {
      const { tokens, requests } = await provider.embed(texts, never);
      expect(tokens).toBeGreaterThan(0);
      expect(requests).toBe(provider.local ? 0 : 1);
      expect(provider.host === null).toBe(provider.local);
    });

    it('takes as many texts at once as its limits say', async () => {
      const many = Array.from({ length: provider.limits.maxItems }, (_, i) => `value ${i} of list`);
      const { outcomes } = await provider.embed(many, never);
      expect(outcomes).toHaveLength(many.length);
      expect(outcomes.every(({ kind }) => kind === 'vector')).toBe(true);
    });

    it('does nothing once its signal has fired', async () => {
      await expect(provider.embed(texts, AbortSignal.abort())).rejects.toHaveProperty(
        'name',
        'AbortError',
      );
    });

    it('stops with AbortError when its signal fires meanwhile', async () => {
      const aborting = new AbortController();
      const many = Array.from({ length: provider.limits.maxItems }, (_, i) =>
        `${i} a long text about many things `.repeat(50),
      );
      const running = provider.embed(many, aborting.signal);
      setImmediate(() => {
        aborting.abort();
      });
      await expect(running).rejects.toHaveProperty('name', 'AbortError');
    });

    it('serves several callers at once without mixing up their texts', async () => {
      const answers = await Promise.all(texts.map((text) => provider.embed([text], never)));
      const { outcomes } = await provider.embed(texts, never);
      expect(answers.map((answer) => vectorOf(answer.outcomes[0]))).toEqual(outcomes.map(vectorOf));
    });
  });
}

function vectorOf(outcome: ProviderOutcome | undefined): Vector {
  if (outcome?.kind !== 'vector') throw new Error(`no vector: ${JSON.stringify(outcome)}`);
  return outcome.vector;
}
