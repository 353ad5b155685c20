import type { Block } from './blocks.ts';
import { lineHash } from './line-hash.ts';

/**
 * Cuts lines that have no structure left. Of the places where the next piece may begin, in the
 * second half of what fits, a line after a blank one comes first, then the least hash of the line:
 * after an edit the cuts fall back into place.
 */
export function splitFlat(
  lines: readonly string[],
  range: Block,
  fits: (block: Block) => boolean,
): Block[] {
  const pieces: Block[] = [];
  let from = range.from;
  while (!fits({ from, to: range.to })) {
    let limit = from + 1;
    while (fits({ from, to: limit + 1 })) limit++;
    const to = bestCut(lines, from + Math.ceil((limit - from) / 2), limit);
    pieces.push({ from, to });
    from = to;
  }
  pieces.push({ from, to: range.to });
  return pieces;
}

/** Parts of a line of at most `maxCharacters` each, cut after a separator where there is one. */
export function splitLine(line: string, maxCharacters: number): string[] {
  const parts: string[] = [];
  let from = 0;
  while (line.length - from > maxCharacters) {
    let to = from + maxCharacters;
    const least = from + maxCharacters / 2;
    while (to > least && !/[\s,;{}()>]/.test(line[to - 1]!)) to--;
    if (to <= least) to = from + maxCharacters;
    if (isHighSurrogate(line.charCodeAt(to - 1))) to--;
    parts.push(line.slice(from, to));
    from = to;
  }
  parts.push(line.slice(from));
  return parts.filter((part) => part.trim() !== '');
}

function bestCut(lines: readonly string[], first: number, last: number): number {
  let best = last;
  let bestRank = Infinity;
  for (let at = first; at <= last; at++) {
    const afterBlank = lines[at - 1]!.trim() === '';
    const rank = (afterBlank ? 0 : 2 ** 32) + lineHash(lines[at] ?? '');
    if (rank < bestRank) {
      bestRank = rank;
      best = at;
    }
  }
  return best;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
