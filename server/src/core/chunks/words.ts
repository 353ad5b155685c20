import { stem } from './stem.ts';

const IDENTIFIER = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;
const PART = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\p{N}+/gu;
/** Of identifiers split before, some 6 MB; emptied when full. Code says the same names again and again. */
const MOST_REMEMBERED = 50_000;
/** Longer ones are hashes, base64 and the like, and come once. */
const LONGEST_REMEMBERED = 48;

/** Words of an identifier, separated by spaces. */
const remembered = new Map<string, string>();

/**
 * Words of code or prose, in order, lowercased and stemmed: identifiers are split at case,
 * underscore and digits, and one of several parts is given whole as well, unstemmed and without its
 * separators (`max_retries`, `maxRetries` → max, retry, maxretries). Letters and digits only.
 */
export function splitWords(text: string): string[] {
  const words = spacedWords(text);
  return words === '' ? [] : words.split(' ');
}

/** As `splitWords`, with a space between two words: as they are put into a full-text index. */
export function spacedWords(text: string): string {
  const words: string[] = [];
  for (const identifier of text.match(IDENTIFIER) ?? []) {
    const of = remembered.get(identifier) ?? wordsOf(identifier);
    if (of !== '') words.push(of);
  }
  return words.join(' ');
}

function wordsOf(identifier: string): string {
  if (identifier.length > LONGEST_REMEMBERED) return wordsIn(identifier);
  // Its own bytes: as a part of the text it would keep the whole of it in memory.
  const copy = Buffer.from(identifier).toString();
  const words = wordsIn(copy);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(copy, words);
  return words;
}

function wordsIn(identifier: string): string {
  const parts = identifier.match(PART);
  if (!parts) return '';
  const words = parts.map((part) => stem(part.toLowerCase()));
  if (parts.length > 1) words.push(parts.join('').toLowerCase());
  return words.join(' ');
}
