/** Some consecutive lines of a chunk. */
export interface Excerpt {
  /** 0-based, within the chunk. */
  readonly offset: number;
  readonly lines: readonly string[];
}

/** The run of lines that holds most of the query's words; the first one with text if none does. */
export function bestLines(text: string, query: string, length: number): Excerpt {
  const lines = text.split('\n');
  const wanted = wordsOf(query);
  const found = lines.map((line) => new Set(wordsOf(line).filter((word) => wanted.includes(word))));
  const firstWithText = Math.max(
    0,
    lines.findIndex((line) => line.trim() !== ''),
  );
  let best = { start: firstWithText, words: wordsIn(found, firstWithText, length) };
  for (let start = firstWithText + 1; start + length <= lines.length; start++) {
    const words = wordsIn(found, start, length);
    if (words > best.words) best = { start, words };
  }
  return { offset: best.start, lines: lines.slice(best.start, best.start + length) };
}

function wordsIn(found: readonly Set<string>[], start: number, length: number): number {
  return new Set(found.slice(start, start + length).flatMap((words) => [...words])).size;
}

/** Lower-case words of two letters or more; `retryRequest` and `retry_request` are two words each. */
function wordsOf(text: string): string[] {
  const split = text.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return split.match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}
