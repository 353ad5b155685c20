import { describe, expect, it } from 'vitest';
import { hintOf } from '../../../server/src/core/providers/remote/refusal-hint.ts';

const size = { items: 400, tokens: 350_000, bytes: 1_000_000 };

/** Words that endpoints use, as their users report them. */
describe('hintOf', () => {
  it.each([
    // OpenAI, TEI, llama.cpp, Ollama, Voyage, vLLM
    ["This model's maximum context length is 8192 tokens, however you requested 9000 tokens"],
    ['Input validation error: `inputs` must have less than 512 tokens. Given: 600'],
    ['input is too large to process. increase the physical batch size'],
    ['the input length exceeds the context length'],
    [
      "The example at index 0 in your batch has too many tokens and does not fit into the model's context window of 32000 tokens.",
    ],
    ["This model's maximum context length is 512 tokens. However, you requested 600 tokens"],
  ])('finds a text too long in: %s', (words) => {
    expect(hintOf(400, words, size)).toEqual({ kind: 'textTooLong' });
  });

  it.each([
    // TEI, Google, Cohere, Mistral, DashScope
    ['batch size 400 > maximum allowed batch size 32', 32],
    ['* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch', 100],
    ['invalid request: total number of texts must be at most 96 - received 400', 96],
    ['Too many inputs in request, split into more batches.', null],
    ['batch size is invalid, it should not be larger than 10', 10],
  ])('finds how many texts are too many in: %s', (words, most) => {
    expect(hintOf(400, words, size)).toEqual({ kind: 'tooManyItems', most });
  });

  it.each([
    // OpenAI, Voyage, Mistral
    ['Requested 350000 tokens, max 300000 tokens per request', 300_000],
    [
      'The max allowed tokens per submitted batch is 120000. Your batch has 350000 tokens after truncation.',
      120_000,
    ],
    ['Too many tokens in batch. Max is 16384 got 20000', 16_384],
  ])('finds how many tokens are too many in: %s', (words, most) => {
    expect(hintOf(400, words, size)).toEqual({ kind: 'tooManyTokens', most });
  });

  it('takes a bare 413 for too many bytes, and finds nothing in other words', () => {
    expect(hintOf(413, 'Payload Too Large', size)).toEqual({ kind: 'tooManyBytes' });
    expect(hintOf(400, 'This text is not allowed.', size)).toBeNull();
  });
});
