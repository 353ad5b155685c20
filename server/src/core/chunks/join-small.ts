import type { Block } from './blocks.ts';
import { lineHash } from './line-hash.ts';

/** What joining needs to know about blocks of one text. */
export interface BlockFacts<B> {
  /** A line that tells the block from its neighbours. */
  readonly anchorOf: (block: B) => string;
  /** How many of the block's lines are not blank. */
  readonly filledLines: (block: B) => number;
  /** Whether a stretch has room in one chunk. */
  readonly fits: (block: Block) => boolean;
}

/** A block of at most this many lines that are not blank is small. */
const SMALL_LINES = 6;
/** A cut between small blocks stays where its hash is least within this weight on either side. */
const REACH = 12;
const WEIGHT = 4;
const WEIGHT_OF_ONE_LINE = 1;

/**
 * Puts runs of small blocks together, so that one-line declarations do not become chunks of their
 * own. Where a run is cut depends on the anchors of the blocks just around the cut, not on what
 * came before: an edit inside one block moves no cut elsewhere, unless the block stops being
 * small, or begins to be.
 */
export function joinSmall<B extends Block>(
  blocks: readonly B[],
  { anchorOf, filledLines, fits }: BlockFacts<B>,
): B[][] {
  const groups: B[][] = [];
  let run: Small<B>[] = [];
  for (const block of blocks) {
    const filled = filledLines(block);
    if (filled > SMALL_LINES) {
      groups.push(...joinRun(run, fits), [block]);
      run = [];
    } else {
      const weight = filled <= 1 ? WEIGHT_OF_ONE_LINE : WEIGHT;
      run.push({ block, hash: lineHash(anchorOf(block)), weight });
    }
  }
  return [...groups, ...joinRun(run, fits)];
}

interface Small<B> {
  readonly block: B;
  readonly hash: number;
  readonly weight: number;
}

function joinRun<B extends Block>(
  run: readonly Small<B>[],
  fits: (block: Block) => boolean,
): B[][] {
  const groups: B[][] = [];
  for (const [i, { block }] of run.entries()) {
    const last = groups.at(-1);
    if (last && !isCut(run, i) && fits({ from: last[0]!.from, to: block.to })) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function isCut<B>(run: readonly Small<B>[], i: number): boolean {
  return isLeastTowards(run, i, -1) && isLeastTowards(run, i, 1);
}

/** The first block of a run is no place for a cut, so its hash does not count. */
function isLeastTowards<B>(run: readonly Small<B>[], i: number, step: 1 | -1): boolean {
  let weight = 0;
  for (let j = i + step; j > 0 && j < run.length && weight < REACH; j += step) {
    if (run[j]!.hash <= run[i]!.hash) return false;
    weight += run[j]!.weight;
  }
  return true;
}
