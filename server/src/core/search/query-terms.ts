import { splitWords } from '../chunks/words.ts';

/** What a query says, besides its meaning. */
export interface QueryTerms {
  readonly text: string;
  /** Distinct words as the index splits them, without those that every question has. */
  readonly words: readonly string[];
  /** Identifiers just as they are spelt in the query. */
  readonly names: ReadonlySet<string>;
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  splitWords(
    'a an and are as at be by can do does for from how i if in into is it its of on or that the ' +
      'their them then there these this to use used uses using was what when where which who why ' +
      'will with without',
  ),
);

export function termsOf(text: string): QueryTerms {
  const all = [...new Set(splitWords(text))];
  const telling = all.filter((word) => !STOP_WORDS.has(word));
  return {
    text,
    words: telling.length > 0 ? telling : all,
    names: new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []),
  };
}
