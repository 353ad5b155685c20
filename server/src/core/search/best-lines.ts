import { definedSymbols } from '../chunks/symbols.ts';
import { splitWords } from '../chunks/words.ts';
import { type Literals, textsOf } from './literals.ts';
import type { QueryTerms } from './query-terms.ts';

/** Lines of a chunk, 0-based within it, both ends included. */
export interface BestLines {
  readonly first: number;
  readonly last: number;
}

/** As many as a person takes in at a glance. */
const MOST_LINES = 3;
const LITERAL_WEIGHT = 10;
/** More than any line between: where something is defined, one reads what it is. */
const DEFINITION_WEIGHT = 0.5;

/**
 * The few lines in a row that fit a query best: by the words and literals they hold, a word counting
 * less the more lines of the chunk have it, and by whether they define a name. Where no line holds
 * anything asked for, as of a hit by meaning alone, it is the definition of the last name, which is
 * what hits are called by, or else the first line with text.
 */
export function bestLinesOf(
  text: string,
  symbols: readonly string[],
  { words }: Pick<QueryTerms, 'words'>,
  literals: Literals,
): BestLines {
  const lines = text.split('\n');
  const asked = new Set(words);
  const copied = textsOf(literals);
  const held = lines.map((line) => [
    ...new Set(splitWords(line).filter((word) => asked.has(word))),
    ...copied.filter((literal) => line.includes(literal)),
  ]);
  const defines = lines.map((line) => definesAny(line, symbols));
  const linesWith = new Map<string, number>();
  for (const what of held.flat()) linesWith.set(what, (linesWith.get(what) ?? 0) + 1);
  const isCopied = new Set(copied);
  const weightOf = (what: string): number =>
    isCopied.has(what) ? LITERAL_WEIGHT : 1 / Math.sqrt(linesWith.get(what) ?? 1);

  let best: BestLines | null = null;
  let bestScore = 0;
  for (const first of lines.keys()) {
    if (held[first]!.length === 0) continue;
    const run = held.slice(first, first + MOST_LINES);
    const last = first + run.findLastIndex((what) => what.length > 0);
    const score =
      [...new Set(run.flat())].reduce((sum, what) => sum + weightOf(what), 0) +
      (defines[first] === true ? DEFINITION_WEIGHT : 0);
    if (score > bestScore) [best, bestScore] = [{ first, last }, score];
  }
  if (best) return best;
  const definition = lines.findIndex((line) => definesAny(line, symbols.slice(-1)));
  const withText = lines.findIndex((line) => /[\p{L}\p{N}]/u.test(line));
  const only = Math.max(0, definition >= 0 ? definition : withText);
  return { first: only, last: only };
}

/** Only a line that holds the name is worth the look. */
function definesAny(line: string, symbols: readonly string[]): boolean {
  const named = symbols.filter((symbol) => line.includes(symbol));
  return named.length > 0 && definedSymbols(line).some((symbol) => named.includes(symbol));
}
