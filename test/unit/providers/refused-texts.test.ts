import { describe, expect, it } from 'vitest';
import { Failure } from '../../../server/src/core/errors.ts';
import type { ProviderOutcome } from '../../../server/src/core/providers/provider.ts';
import {
  TextsRefused,
  askInHalves,
} from '../../../server/src/core/providers/remote/refused-texts.ts';

const hundred = Array.from({ length: 100 }, (_, i) => `text ${i}`);

describe('askInHalves', () => {
  it('asks once where nothing is refused', async () => {
    const asker = new Asker([]);
    const outcomes = await askInHalves(hundred, asker.ask);
    expect(outcomes).toEqual(hundred.map(vectorFor));
    expect(asker.calls).toHaveLength(1);
  });

  it('finds any one refused text of a hundred in at most 16 extra calls', async () => {
    for (const bad of hundred) {
      const asker = new Asker([bad]);
      const outcomes = await askInHalves(hundred, asker.ask);
      expect(outcomes).toEqual(
        hundred.map((text) =>
          text === bad ? { kind: 'failed', reason: 'refused (400)' } : vectorFor(text),
        ),
      );
      expect(asker.calls.length).toBeLessThanOrEqual(1 + 16);
    }
  });

  it('does not ask again for a right half that must hold the cause', async () => {
    const asker = new Asker(['text 3']);
    await askInHalves(hundred.slice(0, 4), asker.ask);
    expect(asker.calls.map(({ length }) => length)).toEqual([4, 2, 1, 1]);
  });

  it('never asks again for a text that has its vector', async () => {
    for (const bad of hundred) {
      const asker = new Asker([bad]);
      await askInHalves(hundred, asker.ask);
      const answered = asker.calls.filter((texts) => !texts.includes(bad)).flat();
      expect(new Set(answered).size).toBe(answered.length);
    }
  });

  it.each([
    { bad: ['text 7', 'text 70'] },
    { bad: ['text 0', 'text 33', 'text 34', 'text 99'] },
    { bad: hundred.slice(0, 10) },
    { bad: hundred.slice(0, 50) },
    { bad: hundred.filter((_, i) => i % 10 === 9) },
  ])('keeps the neighbours of several refused texts: $bad', async ({ bad }) => {
    const asker = new Asker(bad);
    const outcomes = await askInHalves(hundred, asker.ask);
    expect(outcomes).toEqual(
      hundred.map((text) =>
        bad.includes(text) ? { kind: 'failed', reason: 'refused (400)' } : vectorFor(text),
      ),
    );
    expect(asker.calls.length).toBeLessThanOrEqual(1 + 16 * bad.length);
  });

  it('throws the first refusal where every text is refused, within its calls', async () => {
    const asker = new Asker(hundred);
    await expect(askInHalves(hundred, asker.ask)).rejects.toBeInstanceOf(TextsRefused);
    expect(asker.calls.length).toBeLessThanOrEqual(1 + 16);
  });

  it('fails a single refused text without throwing: others may still be fine', async () => {
    const asker = new Asker(['alone']);
    expect(await askInHalves(['alone'], asker.ask)).toEqual([
      { kind: 'failed', reason: 'refused (400)' },
    ]);
    expect(asker.calls).toHaveLength(1);
  });

  it('asks alone, once, for a text that came back without a vector', async () => {
    const asker = new Asker([]);
    asker.spoilOnce = 'text 3';
    const texts = hundred.slice(0, 5);
    expect(await askInHalves(texts, asker.ask)).toEqual(texts.map(vectorFor));
    expect(asker.calls).toEqual([texts, ['text 3']]);
  });

  it('throws another failure where nothing is in hand', async () => {
    const down = new Failure('unreachable', 'down');
    await expect(askInHalves(hundred, () => Promise.reject(down))).rejects.toBe(down);
  });

  it('keeps what is in hand when another failure comes in between', async () => {
    const asker = new Asker(['text 80']);
    asker.downAfter = 2;
    const outcomes = await askInHalves(hundred, asker.ask);
    expect(outcomes.slice(0, 50)).toEqual(hundred.slice(0, 50).map(vectorFor));
    expect(outcomes.slice(50)).toEqual(
      hundred.slice(50).map(() => ({ kind: 'failed', reason: 'down' })),
    );
  });

  it('keeps what is in hand when it is cancelled', async () => {
    const aborted = new DOMException('stopped', 'AbortError');
    let calls = 0;
    const ask = async (texts: readonly string[]) => {
      calls++;
      if (calls === 1) throw new TextsRefused('refused', 'refused (400)');
      if (calls === 2) return texts.map(vectorFor);
      throw aborted;
    };
    const outcomes = await askInHalves(hundred, ask);
    expect(outcomes.slice(0, 50)).toEqual(hundred.slice(0, 50).map(vectorFor));
    expect(outcomes[50]).toEqual({ kind: 'failed', reason: 'It was cancelled.' });
  });
});

class Asker {
  readonly calls: (readonly string[])[] = [];
  spoilOnce: string | null = null;
  downAfter = Infinity;
  readonly #bad: ReadonlySet<string>;

  constructor(bad: readonly string[]) {
    this.#bad = new Set(bad);
  }

  ask = async (texts: readonly string[]): Promise<ProviderOutcome[]> => {
    if (this.calls.length >= this.downAfter) throw new Failure('unreachable', 'down');
    this.calls.push(texts);
    if (texts.some((text) => this.#bad.has(text))) {
      throw new TextsRefused('refused', 'refused (400)');
    }
    return texts.map((text) => {
      if (text !== this.spoilOnce) return vectorFor(text);
      this.spoilOnce = null;
      return { kind: 'failed', reason: 'spoiled' };
    });
  };
}

function vectorFor(text: string): ProviderOutcome {
  return { kind: 'vector', vector: Float32Array.of(text.length, Number(/\d+/.exec(text)?.[0])) };
}
