/** Texts that a query gives as they stand in the code, to be found letter for letter. */
export interface Literals {
  /** Between quotation marks, of two characters or more. */
  readonly quoted: readonly string[];
  /** The whole query, where it may itself be copied code or a message; null for a plain word. */
  readonly whole: string | null;
}

/** What is to be found: the quotations, or else the whole query. */
export function textsOf({ quoted, whole }: Literals): readonly string[] {
  return quoted.length > 0 ? quoted : whole === null ? [] : [whole];
}

const QUOTED = /"([^"\n]{2,})"|'([^'\n]{2,})'|`([^`\n]{2,})`|“([^”\n]{2,})”/g;
/** A capital, digit or sign after the first character: hardly a word of prose. */
const CODE = /.[^\p{Ll}\p{Lo}\s]/u;
/** `<=>`, `$`, `_`: no word at all. */
const SIGNS = /^[^\p{L}\p{N}\s]+$/u;

export function literalsOf(query: string): Literals {
  const text = query.trim();
  // An apostrophe inside a word opens no quotation.
  const quoted = [...text.matchAll(QUOTED)]
    .filter(({ index }) => !/[\p{L}\p{N}]/u.test(text[index - 1] ?? ''))
    .map((match) => (match.slice(1) as (string | undefined)[]).find((part) => part !== undefined)!);
  const isOneLine = !text.includes('\n');
  const isCopied = CODE.test(text) || SIGNS.test(text) || /\s/.test(text);
  return { quoted, whole: isOneLine && isCopied ? text : null };
}
