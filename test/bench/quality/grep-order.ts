import { termsOf } from '../../../server/src/core/search/query-terms.ts';

/** Answers queries as a person with grep does. */
export interface GrepOrder {
  /**
   * Names of the texts that hold one of the query's words, in any case, anywhere in a line: those
   * with most of the words first, then those with most lines.
   */
  order(query: string): string[];
}

export function grepOver(
  texts: readonly { readonly name: string; readonly text: string }[],
): GrepOrder {
  const lowered = texts.map(({ name, text }) => ({ name, text: text.toLowerCase() }));
  return {
    order(query) {
      const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [])];
      const telling = words.filter((word) => word.length > 1 && isTelling(word));
      return lowered
        .map(({ name, text }) => ({ name, ...countIn(text, telling) }))
        .filter(({ lines }) => lines > 0)
        .sort((a, b) => b.found - a.found || b.lines - a.lines || (a.name < b.name ? -1 : 1))
        .map(({ name }) => name);
    },
  };
}

function countIn(text: string, words: readonly string[]): { found: number; lines: number } {
  const present = words.filter((word) => text.includes(word));
  if (present.length === 0) return { found: 0, lines: 0 };
  const lines = text.split('\n').filter((line) => present.some((word) => line.includes(word)));
  return { found: present.length, lines: lines.length };
}

/** The same words are left out that search leaves out: beside one that tells, they are dropped. */
function isTelling(word: string): boolean {
  return termsOf(`${word} zzz`).words.length > 1;
}
