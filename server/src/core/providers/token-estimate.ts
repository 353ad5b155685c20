/**
 * Source code takes three to four bytes a token with the tokenizers in use, so this is an
 * over-estimate for nearly all of it. Text that beats it (long runs of digits, rare scripts) only
 * makes a request larger than planned; a provider that refuses it is asked again in halves.
 */
const BYTES_PER_TOKEN = 3;

/** Tokens a text will take at most, without its model's tokenizer. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / BYTES_PER_TOKEN);
}
