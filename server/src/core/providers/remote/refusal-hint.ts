/** Which limit a refused request ran into, as far as the refusal says. */
export type RefusalHint =
  | { readonly kind: 'textTooLong' }
  | { readonly kind: 'tooManyItems'; readonly most: number | null }
  | { readonly kind: 'tooManyTokens'; readonly most: number | null }
  | { readonly kind: 'tooManyBytes' };

/** What was in the refused request. */
export interface RequestSize {
  readonly items: number;
  /** By our own count. */
  readonly tokens: number;
  readonly bytes: number;
}

/** One text is above the model's maximum; said before limits of whole requests are looked for. */
const TEXT_TOO_LONG =
  /context (length|window|size)|maximum (input|sequence) length|input (text )?(is )?too long|text is too long|exceeds? (the )?(model'?s )?max(imum)? (length|sequence|context)|must have less than \d+ tokens|too large to process|physical batch size|exceeds the context/i;
const TOO_MANY_TOKENS =
  /tokens?\b.*\b(per|in|for) (the |this |each |a |submitted )*(request|batch)|(request|batch)\b.*\btokens|max_tokens_per_request|too many tokens/i;
const TOO_MANY_ITEMS =
  /batch.?size|(inputs|requests|texts|items|documents)\b.*\b(in (one|a) (batch|request)|per (batch|request)|maximum|at most|exceed|limit)|(at most|maximum( of)?|more than|limit of|too many) \d* ?(inputs|requests|texts|items|documents)|array.*(too long|length|at most)/i;

/** Null where the words say nothing of a limit. They are read for this alone and never shown. */
export function hintOf(status: number, words: string, size: RequestSize): RefusalHint | null {
  if (TEXT_TOO_LONG.test(words)) return { kind: 'textTooLong' };
  if (TOO_MANY_TOKENS.test(words)) {
    // Both what was sent and the limit are usually named: the limit is the smaller number.
    return { kind: 'tooManyTokens', most: smallest(numbersIn(words).filter((n) => n >= 1000)) };
  }
  if (TOO_MANY_ITEMS.test(words)) {
    const below = numbersIn(words).filter((n) => n >= 1 && n < size.items);
    return { kind: 'tooManyItems', most: below.length === 0 ? null : Math.max(...below) };
  }
  return status === 413 ? { kind: 'tooManyBytes' } : null;
}

function numbersIn(words: string): number[] {
  return (words.match(/\d[\d,_]*/g) ?? []).map((digits) => Number(digits.replace(/[,_]/g, '')));
}

function smallest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.min(...numbers);
}
