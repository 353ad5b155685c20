import { describe, expect, it } from 'vitest';
import { readOpenAiAnswer } from '../../../server/src/core/providers/openai-wire.ts';
import { readAnswer } from '../../../server/src/core/providers/remote/read-answer.ts';
import { TextsRefused } from '../../../server/src/core/providers/remote/refused-texts.ts';
import { runInSlices } from '../../../server/src/core/providers/time-slices.ts';
import { STANDARD_FORM } from '../../../server/src/core/vectors/vector-form.ts';

const { signal } = new AbortController();

describe('readAnswer', () => {
  it('tells numbers from base64 by what came, at any length', async () => {
    // 1,024 numbers taken for base64 bytes would be 256 numbers.
    const numbers = Array.from({ length: 1024 }, (_, i) => Math.sin(i + 1));
    const base64 = Buffer.from(Float32Array.from(numbers).buffer).toString('base64');
    const asNumbers = await read([{ index: 0, embedding: numbers }], 1, 1024);
    const asBase64 = await read([{ index: 0, embedding: base64 }], 1, 1024);
    expect(asNumbers.outcomes).toEqual(asBase64.outcomes);
    expect(asNumbers.outcomes[0]?.kind).toBe('vector');
  });

  it('places vectors by their index', async () => {
    const { outcomes } = await read([
      { index: 2, embedding: [0, 0, 1] },
      { index: 0, embedding: [1, 0, 0] },
      { index: 1, embedding: [0, 1, 0] },
    ]);
    expect(outcomes).toEqual([vector(1, 0, 0), vector(0, 1, 0), vector(0, 0, 1)]);
  });

  it('scales to unit length, and leaves the bits of a vector that has it', async () => {
    const nearlyUnit = Float32Array.of(0.6000003, 0.8000002);
    const base64 = Buffer.from(nearlyUnit.buffer).toString('base64');
    const { outcomes } = await read(
      [
        { index: 0, embedding: [3, 4] },
        { index: 1, embedding: base64 },
      ],
      2,
      2,
    );
    expect(outcomes).toEqual([vector(0.6, 0.8), { kind: 'vector', vector: nearlyUnit }]);
  });

  it('keeps the length where the space is not normalised, and all of a float64 space’s bits', async () => {
    const data = [{ index: 0, embedding: [3, 0.1] }];
    const asIs = await read(data, 1, 2, { element: 'float32', normalised: false });
    const exact = await read(data, 1, 2, { element: 'float64', normalised: false });
    expect(asIs.outcomes).toEqual([vector(3, 0.1)]);
    expect(exact.outcomes).toEqual([{ kind: 'vector', vector: Float64Array.of(3, 0.1) }]);
  });

  it.each([
    ['a missing vector', [item(0), item(1)]],
    ['a vector too many', [item(0), item(1), item(2), item(3)]],
    ['an index twice', [item(0), item(1), item(1)]],
    ['no index', [item(0), item(1), { embedding: [1, 0, 0] }]],
    ['an index that is text', [item(0), item(1), { ...item(2), index: '2' }]],
    ['an index out of range', [item(0), item(1), item(3)]],
  ])('accepts no vector at all where there is %s', async (_, data) => {
    await expect(read(data)).rejects.toBeInstanceOf(TextsRefused);
  });

  it('needs no index for a single text', async () => {
    expect((await read([{ embedding: [1, 0, 0] }], 1)).outcomes).toEqual([vector(1, 0, 0)]);
  });

  it.each([
    ['too short', [1, 0]],
    ['too long', [1, 0, 0, 0]],
    ['empty', []],
    ['all zeros', [0, 0, 0]],
    ['zero once it is float32', [1e-60, 0, 0]],
    ['infinite', JSON.parse('[1e400, 0, 0]') as unknown],
    ['infinite once it is float32', [1e39, 0, 0]],
    ['holding null', [null, 0, 1]],
    ['holding text', ['NaN', 0, 1]],
    ['a number', 7],
    ['absent', undefined],
    ['base64 of half a number', Buffer.alloc(10, 1).toString('base64')],
    ['base64 of NaN', Buffer.from(Float32Array.of(NaN, 0, 1).buffer).toString('base64')],
  ])('fails one text whose vector is %s, and keeps its neighbours', async (_, embedding) => {
    const { outcomes } = await read([item(0), { index: 1, embedding }, item(2)]);
    expect(outcomes[1]?.kind).toBe('failed');
    expect([outcomes[0], outcomes[2]]).toEqual([vector(1, 0, 0), vector(1, 0, 0)]);
  });

  it('fails the whole answer where all of its vectors have another length', async () => {
    const data = [0, 1].map((index) => ({ index, embedding: [1, 0] }));
    await expect(read(data, 2)).rejects.toMatchObject({
      kind: 'badAnswer',
      message: 'The answer’s embedding has 2 numbers where 3 are expected.',
    });
  });

  it.each([undefined, null, '<html>', 7, [], {}, { data: null }, { data: [7] }])(
    'fails on what is no list of embeddings: %j',
    async (body) => {
      await expect(
        runInSlices(readAnswer(readOpenAiAnswer(body), 1, 3, STANDARD_FORM), signal),
      ).rejects.toMatchObject({
        kind: 'badAnswer',
        message: 'The answer is not a list of embeddings.',
      });
    },
  );

  it.each([
    [{ total_tokens: 7, prompt_tokens: 6 }, 7],
    [{ prompt_tokens: 6 }, 6],
    [{ total_tokens: -1 }, null],
    [{ total_tokens: 'many' }, null],
    [undefined, null],
  ])('reads tokens from usage %j', async (usage, tokens) => {
    const body = { data: [item(0)], usage };
    expect(
      (await runInSlices(readAnswer(readOpenAiAnswer(body), 1, 3, STANDARD_FORM), signal)).tokens,
    ).toBe(tokens);
  });
});

function read(data: unknown[], count = 3, dimensions = 3, form = STANDARD_FORM) {
  return runInSlices(readAnswer(readOpenAiAnswer({ data }), count, dimensions, form), signal);
}

function item(index: number) {
  return { index, embedding: [1, 0, 0] };
}

function vector(...numbers: number[]) {
  return { kind: 'vector', vector: Float32Array.of(...numbers) };
}
