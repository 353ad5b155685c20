const SHORTEST = 4;
const VOWEL = /[aeiouy]/;
/** The longest that fits goes; at least three letters with a vowel must stay. */
const SUFFIXES = ['ations', 'ation', 'ions', 'ion', 'ing', 'ers', 'ors', 'ed', 'er', 'or'];

/**
 * A light stem of a lowercase English word, so that `routes`, `routing` and `router` meet. Not a
 * word of its own; short words, and words with digits, stay as they are.
 */
export function stem(word: string): string {
  if (word.length < SHORTEST || !/^[a-z]+$/.test(word)) return word;
  const singular = withoutPlural(word);
  const suffix = SUFFIXES.find((end) => singular.endsWith(end));
  if (suffix === undefined) return withoutFinalE(singular);
  const base = singular.slice(0, -suffix.length);
  if (base.length < 3 || !VOWEL.test(base)) return withoutFinalE(singular);
  // stopped, logging: the doubled letter belongs to the suffix.
  return withoutFinalE(/([bdfgmnprt])\1$/.test(base) ? base.slice(0, -1) : base);
}

function withoutPlural(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('sses')) return word.slice(0, -2);
  return word.endsWith('s') && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

function withoutFinalE(word: string): string {
  return word.endsWith('e') ? word.slice(0, -1) : word;
}
