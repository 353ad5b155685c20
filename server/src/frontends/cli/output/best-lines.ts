import { splitWords } from '../../../core/chunks/words.ts';
import { termsOf } from '../../../core/search/query-terms.ts';

/** Some consecutive lines of a chunk. */
export interface Excerpt {
  /** 0-based, within the chunk. */
  readonly offset: number;
  readonly lines: readonly string[];
}

/** The run of lines that holds most of the query's words; the first one with text if none does. */
export function bestLines(text: string, query: string, length: number): Excerpt {
  const lines = text.split('\n');
  const { words } = termsOf(query);
  const found = lines.map((line) => {
    const here = new Set(splitWords(line));
    return words.filter((word) => here.has(word));
  });
  const foundFrom = (start: number): number =>
    new Set(found.slice(start, start + length).flat()).size;

  const firstWithText = lines.findIndex((line) => line.trim() !== '');
  let best = Math.max(0, firstWithText);
  for (let start = best + 1; start + length <= lines.length; start++) {
    if (foundFrom(start) > foundFrom(best)) best = start;
  }
  return { offset: best, lines: lines.slice(best, best + length) };
}
