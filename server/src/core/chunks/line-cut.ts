import { type Block, blocksIn } from './blocks.ts';
import type { Chunk } from './chunk.ts';
import { joinSmall } from './join-small.ts';
import { type LineShape, shapesOf } from './line-shape.ts';
import { splitFlat, splitLine } from './split-flat.ts';

export interface ChunkSizes {
  /** A chunk has at most this many lines and characters; a block beyond them is cut inside. */
  readonly maxLines: number;
  readonly maxCharacters: number;
}

export const CHUNK_SIZES: ChunkSizes = { maxLines: 80, maxCharacters: 3_200 };

type ChunkFacts = Pick<Chunk, 'kind' | 'symbols' | 'enclosing'>;

/** Closing lines alone: nothing in them can be searched for. */
const WORDLESS = /^(?:[^\p{L}\p{N}\p{So}]|\b(?:end|fi|done|esac)\b)*$/u;

/** Lines of one text being cut into chunks. */
export class LineCut {
  readonly #lines: readonly string[];
  readonly #sizes: ChunkSizes;
  #shapes: readonly LineShape[] | null = null;
  /** Characters before each line, line ends included. */
  readonly #offsets: Float64Array;

  constructor(lines: readonly string[], sizes: ChunkSizes) {
    this.#lines = lines;
    this.#sizes = sizes;
    this.#offsets = new Float64Array(lines.length + 1);
    for (let i = 0; i < lines.length; i++) {
      this.#offsets[i + 1] = this.#offsets[i]! + lines[i]!.length + 1;
    }
  }

  /** Blocks of a chunk's size, seen by indentation and blank lines. */
  blocks(range: Block): Block[] {
    this.#shapes ??= shapesOf(this.#lines);
    return this.#blocksAbove(this.#shapes, range, -1);
  }

  /** The block without blank lines at its ends; nothing for one without words. */
  chunksOf(block: Block, facts: ChunkFacts): Chunk[] {
    let { from, to } = block;
    while (from < to && this.#isBlank(from)) from++;
    while (from < to && this.#isBlank(to - 1)) to--;
    if (this.isWordless({ from, to })) return [];
    const text = this.#lines.slice(from, to).join('\n');
    const texts = to - from === 1 ? splitLine(text, this.#sizes.maxCharacters) : [text];
    return texts.map((part) => ({ text: part, startLine: from + 1, endLine: to, ...facts }));
  }

  fits({ from, to }: Block): boolean {
    return (
      to - from === 1 ||
      (to - from <= this.#sizes.maxLines &&
        this.#offsets[to]! - this.#offsets[from]! <= this.#sizes.maxCharacters)
    );
  }

  /** How many of the block's lines are not blank. */
  filledLines({ from, to }: Block): number {
    let filled = 0;
    for (let i = from; i < to; i++) if (!this.#isBlank(i)) filled++;
    return filled;
  }

  isWordless({ from, to }: Block): boolean {
    for (let i = from; i < to; i++) if (!WORDLESS.test(this.#lines[i]!)) return false;
    return true;
  }

  /** What is too long is cut at the next deeper indentation. */
  #blocksAbove(shapes: readonly LineShape[], range: Block, floor: number): Block[] {
    const { blocks, indent } = blocksIn(shapes, range, floor);
    if (!Number.isFinite(indent)) return splitFlat(this.#lines, range, (block) => this.fits(block));
    const joined = joinSmall(blocks, {
      anchorOf: (block) => this.#firstText(block),
      filledLines: (block) => this.filledLines(block),
      fits: (block) => this.fits(block),
    });
    return joined
      .map((group) => ({ from: group[0]!.from, to: group.at(-1)!.to }))
      .flatMap((block) => (this.fits(block) ? [block] : this.#blocksAbove(shapes, block, indent)));
  }

  #firstText({ from, to }: Block): string {
    for (let i = from; i < to; i++) if (!this.#isBlank(i)) return this.#lines[i]!;
    return '';
  }

  #isBlank(i: number): boolean {
    return this.#lines[i]!.trim() === '';
  }
}
