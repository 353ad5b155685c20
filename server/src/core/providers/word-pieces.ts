/** A capital run before a capitalised word, a word, a capital run, a number: `HTTPServer_2`. */
const WORD = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+/g;
/** Characters between two pauses. */
const STRETCH = 8192;
/** Longer words are hashes, base64 and the like: cutting them finds nothing. */
const LONGEST_CUT_WORD = 32;
const LONGEST_PIECE = 20;
/** Taken from the log-probability of a piece of one or two letters. */
const PENALTY_BY_LENGTH = [0, 6, 2];
/** Of the memory of words cut before; emptied when full. */
const MOST_REMEMBERED = 200_000;

/** The words a static model knows, by row, and how likely each is. */
export interface Vocabulary {
  readonly rows: ReadonlyMap<string, number>;
  /** By row, natural logarithm. */
  readonly logProbabilities: Float32Array;
}

/** Cuts text into the vocabulary's words: at case, underscore and digits, then into pieces. */
export class WordPieces {
  readonly #vocabulary: Vocabulary;
  readonly #remembered = new Map<string, readonly number[]>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** How often each row's word is in the text, by row, in order of first appearance. */
  *count(text: string): Generator<undefined, Map<number, number>, undefined> {
    const counts = new Map<number, number>();
    const add = (row: number) => counts.set(row, (counts.get(row) ?? 0) + 1);
    for (const stretch of stretchesOf(text)) {
      for (const match of stretch.match(WORD) ?? []) {
        const word = match.toLowerCase();
        const row = this.#vocabulary.rows.get(word);
        if (row === undefined) this.#piecesOf(word).forEach(add);
        else add(row);
      }
      yield;
    }
    return counts;
  }

  #piecesOf(word: string): readonly number[] {
    if (word.length > LONGEST_CUT_WORD || /^\d/.test(word)) return [];
    let pieces = this.#remembered.get(word);
    if (pieces === undefined) {
      pieces = likeliestPieces(word, this.#vocabulary);
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(word, pieces);
    }
    return pieces;
  }
}

/** The text in parts of about equal length, none of which ends inside a word. */
function* stretchesOf(text: string): Generator<string, void, undefined> {
  const wordEnd = /[^A-Za-z0-9]|$/g;
  for (let start = 0; start < text.length;) {
    wordEnd.lastIndex = Math.min(start + STRETCH, text.length);
    const end = wordEnd.exec(text)?.index ?? text.length;
    yield text.slice(start, end);
    start = end;
  }
}

/**
 * Rows of the likeliest way to put the word together from vocabulary words (Viterbi), last piece
 * first; pieces of one letter are left out. Empty where no way exists.
 */
function likeliestPieces(word: string, { rows, logProbabilities }: Vocabulary): number[] {
  const length = word.length;
  const best = new Float64Array(length + 1).fill(-Infinity);
  const cameFrom = new Int32Array(length + 1);
  best[0] = 0;
  for (let start = 0; start < length; start++) {
    if (best[start] === -Infinity) continue;
    for (let end = start + 1; end <= Math.min(length, start + LONGEST_PIECE); end++) {
      const row = rows.get(word.slice(start, end));
      if (row === undefined) continue;
      const penalty = PENALTY_BY_LENGTH[end - start] ?? 0;
      const likelihood = best[start]! + logProbabilities[row]! - penalty;
      if (likelihood > best[end]!) {
        best[end] = likelihood;
        cameFrom[end] = start;
      }
    }
  }
  if (best[length] === -Infinity) return [];
  const pieces: number[] = [];
  for (let end = length; end > 0; end = cameFrom[end]!) {
    const start = cameFrom[end]!;
    if (end - start >= 2) pieces.push(rows.get(word.slice(start, end))!);
  }
  return pieces;
}
