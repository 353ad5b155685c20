import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCl100kTokens } from '../../../server/src/core/providers/cl100k.ts';
import { halvesOf, partsOf, poolVectors } from '../../../server/src/core/providers/long-texts.ts';
import { runInSlices } from '../../../server/src/core/providers/time-slices.ts';
import { STANDARD_FORM } from '../../../server/src/core/vectors/vector-form.ts';
import { norm } from '../../../server/src/core/vectors/vector.ts';

const { signal } = new AbortController();

describe('halvesOf', () => {
  it('cuts at the end of a line near the middle', () => {
    expect(halvesOf('one\ntwo\nthree\nfour\n')).toEqual(['one\ntwo\n', 'three\nfour\n']);
  });

  it('loses nothing, leaves no half empty and cuts through no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2 }), (text) => {
        fc.pre(Array.from(text).length > 1 && text.isWellFormed());
        const [first, second] = halvesOf(text);
        expect(first + second).toBe(text);
        expect(first === '' || second === '').toBe(false);
        expect(second.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('partsOf', () => {
  it('cuts until every part fits, keeps their order, and leaves a text that fits alone', async () => {
    const text = Array.from({ length: 300 }, (_, i) => `line ${i}`).join('\n');
    const fits = (part: string) => part.length <= 100;
    const parts = await runInSlices(partsOf(text, fits), signal);
    expect(parts.join('')).toBe(text);
    expect(parts.every(fits)).toBe(true);
    expect(await runInSlices(partsOf('short', fits), signal)).toEqual(['short']);
  });
});

describe('poolVectors', () => {
  it('weighs parts by their length and gives a unit vector', () => {
    const parts = [
      { vector: Float32Array.of(1, 0), bytes: 300 },
      { vector: Float32Array.of(0, 5), bytes: 100 },
    ];
    const pooled = poolVectors(parts, STANDARD_FORM)!;
    expect(norm(pooled)).toBeCloseTo(1, 6);
    expect(pooled[0]! / pooled[1]!).toBeCloseTo(3, 5);
  });

  it('is none where the parts cancel out', () => {
    const parts = [
      { vector: Float32Array.of(1, 0), bytes: 7 },
      { vector: Float32Array.of(-1, 0), bytes: 7 },
    ];
    expect(poolVectors(parts, STANDARD_FORM)).toBeNull();
  });
});

describe('countCl100kTokens', () => {
  it.each([
    // From OpenAI's tiktoken, encoding cl100k_base.
    ['hello world', 2],
    ['', 0],
    ['tiktoken is great!', 6],
    ['antidisestablishmentarianism', 6],
    ['2 + 2 = 4', 7],
    ['お誕生日おめでとう', 9],
  ])('counts %j as %i', (text, tokens) => {
    expect(countCl100kTokens(text)).toBe(tokens);
  });

  it('takes a special token for plain text, and is quick with a word without end', () => {
    expect(countCl100kTokens('<|endoftext|>')).toBeGreaterThan(1);
    const started = performance.now();
    expect(countCl100kTokens('x'.repeat(50_000))).toBeGreaterThan(5_000);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
