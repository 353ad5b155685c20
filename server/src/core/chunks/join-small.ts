import type { Block } from './blocks.ts';
import { lineHash } from './line-hash.ts';

/** A cut between small blocks stays where its hash is least among this many on either side. */
const REACH = 2;

/**
 * Puts runs of small blocks together, so that one-line declarations do not become chunks of their
 * own. Where a run is cut depends on the first lines of the blocks just around the cut, not on
 * what came before: an edit inside one block moves no cut elsewhere, unless the block stops being
 * small, or begins to be.
 */
export function joinSmall(
  lines: readonly string[],
  blocks: readonly Block[],
  smallLines: number,
  fits: (block: Block) => boolean,
): Block[] {
  const joined: Block[] = [];
  for (let at = 0; at < blocks.length;) {
    let end = at;
    while (end < blocks.length && isSmall(lines, blocks[end]!, smallLines)) end++;
    if (end === at) joined.push(blocks[at++]!);
    else {
      joined.push(...joinRun(lines, blocks.slice(at, end), fits));
      at = end;
    }
  }
  return joined;
}

function joinRun(
  lines: readonly string[],
  run: readonly Block[],
  fits: (block: Block) => boolean,
): Block[] {
  const hashes = run.map(({ from, to }) => lineHash(firstText(lines, from, to)));
  const joined: Block[] = [];
  for (const [i, block] of run.entries()) {
    const last = joined.at(-1);
    const whole = last && { from: last.from, to: block.to };
    if (whole && !isLeast(hashes, i) && fits(whole)) joined[joined.length - 1] = whole;
    else joined.push(block);
  }
  return joined;
}

function isLeast(hashes: readonly number[], i: number): boolean {
  for (let j = Math.max(1, i - REACH); j <= Math.min(hashes.length - 1, i + REACH); j++) {
    if (j !== i && hashes[j]! <= hashes[i]!) return false;
  }
  return true;
}

function isSmall(lines: readonly string[], block: Block, smallLines: number): boolean {
  let filled = 0;
  for (let i = block.from; i < block.to; i++) if (lines[i]!.trim() !== '') filled++;
  return filled <= smallLines;
}

function firstText(lines: readonly string[], from: number, to: number): string {
  for (let i = from; i < to; i++) if (lines[i]!.trim() !== '') return lines[i]!;
  return '';
}
