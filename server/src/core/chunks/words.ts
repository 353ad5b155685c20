import { stem } from './stem.ts';

const IDENTIFIER = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;
const PART = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\p{N}+/gu;

/**
 * Words of code or prose, in order, lowercased and stemmed: identifiers are split at case,
 * underscore and digits, and one of several parts is given whole as well, unstemmed and without its
 * separators (`max_retries`, `maxRetries` → max, retry, maxretries). Letters and digits only.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [identifier] of text.matchAll(IDENTIFIER)) {
    const parts = identifier.match(PART);
    if (!parts) continue;
    for (const part of parts) words.push(stem(part.toLowerCase()));
    if (parts.length > 1) words.push(parts.join('').toLowerCase());
  }
  return words;
}
