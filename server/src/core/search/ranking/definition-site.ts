import type { Signal } from './signal.ts';

const BONUS = 0.1;
/** A shorter name that looks like any word is no sign that the query means the name. */
const LEAST_PLAIN_LENGTH = 5;

/** Where a name that the query spells out is defined, rather than used. */
export const definitionSite: Signal = {
  name: 'definition site',
  scores(candidates, { names }) {
    const meant = (name: string) =>
      names.has(name) && (name.length >= LEAST_PLAIN_LENGTH || looksLikeCode(name));
    return candidates.map(({ chunk, score }) =>
      chunk.symbols.some(meant) ? score + BONUS : score,
    );
  },
};

/** A capital, digit, underscore or dollar after the first character. */
function looksLikeCode(name: string): boolean {
  return /.[\p{Lu}\p{N}_$]/u.test(name);
}
