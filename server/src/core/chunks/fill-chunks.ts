import type { Block } from './blocks.ts';
import type { BlockFacts } from './join-small.ts';
import { lineHash } from './line-hash.ts';

/**
 * Groups of neighbouring blocks, each as long as has room in a chunk, or up to half as long: the
 * next group begins where the hash of a block's anchor is least, so that after an edit the cuts
 * fall back into place. A block that does not fit is a group of its own.
 */
export function fillChunks<B extends Block>(
  blocks: readonly B[],
  { anchorOf, fits }: BlockFacts<B>,
): B[][] {
  const groups: B[][] = [];
  for (let at = 0; at < blocks.length;) {
    let limit = at + 1;
    while (limit < blocks.length && fits({ from: blocks[at]!.from, to: blocks[limit]!.to })) {
      limit++;
    }
    const end = limit === blocks.length ? limit : leastOf(blocks, anchorOf, at, limit);
    groups.push(blocks.slice(at, end));
    at = end;
  }
  return groups;
}

/** Where in the second half of `at` to `limit`, the limit included, a group begins best. */
function leastOf<B>(
  blocks: readonly B[],
  anchorOf: (block: B) => string,
  at: number,
  limit: number,
): number {
  let best = limit;
  let least = Infinity;
  for (let i = at + Math.max(1, Math.ceil((limit - at) / 2)); i <= limit; i++) {
    const hash = lineHash(anchorOf(blocks[i]!));
    if (hash < least) {
      least = hash;
      best = i;
    }
  }
  return best;
}
