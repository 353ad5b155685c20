import type { LineShape } from './line-shape.ts';

/** Lines `from` (inclusive) to `to` (exclusive), 0-based. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts a range at the lowest indentation in it that is above `floor`. A block begins at a line of
 * that indentation after a blank line, after deeper lines or after a closing line, or where such a
 * line opens a deeper one; comments and decorators above it belong to it. What stands before the
 * first block is a block too. Whether a line begins a block is decided by its near neighbours.
 */
export function blocksIn(
  shapes: readonly LineShape[],
  range: Block,
  floor: number,
): { readonly blocks: Block[]; readonly indent: number } {
  const indent = lowestIndent(shapes, range, floor);
  const starts = new Set<number>([range.from]);
  if (Number.isFinite(indent)) {
    for (let i = range.from + 1; i < range.to; i++) {
      if (beginsBlock(shapes, i, indent, range)) starts.add(i);
    }
  }
  const cuts = [...starts, range.to];
  const blocks = cuts.slice(0, -1).map((from, i) => ({ from, to: cuts[i + 1]! }));
  return { blocks, indent };
}

function lowestIndent(shapes: readonly LineShape[], range: Block, floor: number): number {
  let lowest = Infinity;
  for (let i = range.from; i < range.to; i++) {
    const { kind, indent } = shapes[i]!;
    if (kind === 'code' && indent > floor && indent < lowest) lowest = indent;
  }
  return lowest;
}

function beginsBlock(
  shapes: readonly LineShape[],
  i: number,
  indent: number,
  range: Block,
): boolean {
  const line = shapes[i]!;
  if (line.kind === 'blank' || line.kind === 'close' || line.indent !== indent) return false;
  const above = shapes[i - 1]!;
  if (above.kind === 'blank') return !followsLead(shapes, i - 2, indent, range);
  if (above.indent > indent) return true;
  if (above.indent < indent) return false;
  if (above.kind === 'close') return true;
  if (above.kind === 'lead') return false;
  return opensDeeper(shapes, i, range);
}

/** A comment or decorator that one blank line parts from a block belongs to it all the same. */
function followsLead(
  shapes: readonly LineShape[],
  i: number,
  indent: number,
  range: Block,
): boolean {
  const shape = shapes[i];
  return i >= range.from && shape?.kind === 'lead' && shape.indent === indent;
}

/** Past comments, does the line open a deeper block? */
function opensDeeper(shapes: readonly LineShape[], i: number, range: Block): boolean {
  const { indent } = shapes[i]!;
  for (let next = i; next < range.to; next++) {
    const shape = shapes[next]!;
    if (shape.kind === 'lead' && shape.indent === indent) continue;
    const below = shapes[next + 1];
    if (below === undefined || next + 1 >= range.to) return false;
    return below.kind !== 'blank' && below.indent > indent;
  }
  return false;
}
