import { type Block, blocksIn } from './blocks.ts';
import type { Chunk, Chunker } from './chunk.ts';
import { joinSmall } from './join-small.ts';
import { type LineShape, shapesOf } from './line-shape.ts';
import { splitFlat, splitLine } from './split-flat.ts';
import { definedSymbols } from './symbols.ts';

export interface ChunkSizes {
  /** A chunk has at most this many lines and characters; a block beyond them is cut inside. */
  readonly maxLines: number;
  readonly maxCharacters: number;
  /** A block of at most this many lines is small: it is put together with small neighbours. */
  readonly smallLines: number;
}

export const CHUNK_SIZES: ChunkSizes = { maxLines: 80, maxCharacters: 3_200, smallLines: 6 };

/** Cuts any text at blocks seen by indentation and blank lines. */
export const lineChunker: Chunker = createLineChunker(CHUNK_SIZES);

export function createLineChunker(sizes: ChunkSizes): Chunker {
  return {
    name: 'lines-1',
    chunk(_path, text) {
      const lines = text.split('\n');
      const shapes = shapesOf(lines);
      const cut = new Cut(lines, shapes, sizes);
      return cut.blocks({ from: 0, to: lines.length }, -1).flatMap((block) => cut.chunksOf(block));
    },
  };
}

/** One text being cut. */
class Cut {
  readonly #lines: readonly string[];
  readonly #shapes: readonly LineShape[];
  readonly #sizes: ChunkSizes;
  /** Characters before each line, line ends included. */
  readonly #offsets: Float64Array;

  constructor(lines: readonly string[], shapes: readonly LineShape[], sizes: ChunkSizes) {
    this.#lines = lines;
    this.#shapes = shapes;
    this.#sizes = sizes;
    this.#offsets = new Float64Array(lines.length + 1);
    for (const [i, line] of lines.entries()) {
      this.#offsets[i + 1] = this.#offsets[i]! + line.length + 1;
    }
  }

  /** Blocks of a chunk's size: what is too long is cut at the next deeper indentation. */
  blocks(range: Block, floor: number): Block[] {
    const { blocks, indent } = blocksIn(this.#shapes, range, floor);
    if (!Number.isFinite(indent))
      return splitFlat(this.#lines, range, (block) => this.#fits(block));
    const joined = joinSmall(this.#lines, blocks, this.#sizes.smallLines, (block) =>
      this.#fits(block),
    );
    return joined.flatMap((block) => (this.#fits(block) ? [block] : this.blocks(block, indent)));
  }

  /** The block without blank lines at its ends; nothing for a blank one. */
  chunksOf(block: Block): Chunk[] {
    let { from, to } = block;
    while (from < to && this.#shapes[from]!.kind === 'blank') from++;
    while (from < to && this.#shapes[to - 1]!.kind === 'blank') to--;
    if (from === to) return [];
    const text = this.#lines.slice(from, to).join('\n');
    const texts = to - from === 1 ? splitLine(text, this.#sizes.maxCharacters) : [text];
    return texts.map((part) => ({
      text: part,
      startLine: from + 1,
      endLine: to,
      symbols: definedSymbols(part),
    }));
  }

  #fits({ from, to }: Block): boolean {
    return (
      to - from === 1 ||
      (to - from <= this.#sizes.maxLines &&
        this.#offsets[to]! - this.#offsets[from]! <= this.#sizes.maxCharacters)
    );
  }
}
