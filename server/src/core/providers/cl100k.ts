import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';

const PIECE = 4096;
/** The tokenizer takes time by the square of a run of letters or signs without a space. */
const LONGEST_RUN = 256;
const LONG_RUN = new RegExp(`\\S{${LONGEST_RUN + 1},}`);

/**
 * Tokens of a text with OpenAI's `cl100k_base`; at most one too many for each place where a very
 * long word or the end of a long line is cut for speed, never too few.
 */
export function countCl100kTokens(text: string): number {
  let tokens = 0;
  for (const piece of piecesOf(text)) {
    // What looks like a special token is plain text to the embeddings API.
    tokens += countTokens(piece, { disallowedSpecial: new Set() });
  }
  return tokens;
}

function* piecesOf(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + PIECE, text.length);
    // A token never reaches over the start of a line that has something on it.
    const line = end < text.length ? text.lastIndexOf('\n', end) : -1;
    if (line > start) end = line;
    const piece = text.slice(start, end);
    if (LONG_RUN.test(piece)) {
      for (let i = 0; i < piece.length; i += LONGEST_RUN) yield piece.slice(i, i + LONGEST_RUN);
    } else {
      yield piece;
    }
    start = end;
  }
}
