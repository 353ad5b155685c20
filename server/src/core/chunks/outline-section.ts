import type { ChunkKind } from './chunk.ts';
import type { Section } from './section.ts';

/** One entry of an outline: a line that begins something, and how deep it lies. */
export interface OutlineEntry {
  /** First line, 0-based; comments above it that belong to it included. */
  readonly from: number;
  /** 0-based line of its name. */
  readonly anchor: number;
  /** An entry's parts are the deeper ones that follow it. */
  readonly level: number;
  readonly names: readonly string[];
}

/** Level of paragraphs, deeper than all headings: they are cut apart only where they must. */
export const PARAGRAPH = 99;
/** A section under a heading is cut at the headings in it, unless so short that the whole says more. */
const SHORT_LINES = 40;

/** The whole of a text whose structure is a list of entries, each followed by what it holds. */
export function outlineSection(
  entries: readonly OutlineEntry[],
  lineCount: number,
  kind: ChunkKind,
): Section {
  const whole = { from: 0, anchor: 0, level: -1, names: [] };
  return new OutlineSection(whole, entries, lineCount, kind, true);
}

class OutlineSection implements Section {
  readonly from: number;
  readonly to: number;
  readonly anchor: number;
  readonly kind: ChunkKind;
  readonly names: readonly string[];
  readonly owners: readonly string[] = [];
  readonly open: boolean;
  readonly #inside: readonly OutlineEntry[];

  constructor(
    { from, anchor, names }: OutlineEntry,
    inside: readonly OutlineEntry[],
    to: number,
    kind: ChunkKind,
    open: boolean,
  ) {
    this.from = from;
    this.to = to;
    this.anchor = Math.max(anchor, from);
    this.names = names;
    this.kind = kind;
    this.open = open;
    this.#inside = inside;
  }

  parts(): Section[] {
    const inside = this.#inside;
    const parts: Section[] = [];
    // What stands before the first part, with the paragraphs before the first heading.
    let at = this.open ? inside.findIndex(({ level }) => level < PARAGRAPH) : 0;
    if (at < 0) at = 0;
    const headEnd = inside[at]?.from ?? this.to;
    if (headEnd > this.from) {
      const head = { from: this.from, anchor: this.from, level: 0, names: [] };
      parts.push(this.#part(head, inside.slice(0, at), headEnd));
    }
    while (at < inside.length) {
      const entry = inside[at]!;
      let next = at + 1;
      while (next < inside.length && inside[next]!.level > entry.level) next++;
      parts.push(this.#part(entry, inside.slice(at + 1, next), inside[next]?.from ?? this.to));
      at = next;
    }
    return parts;
  }

  #part(entry: OutlineEntry, inside: readonly OutlineEntry[], to: number): Section {
    const hasHeadings = inside.some(({ level }) => level < PARAGRAPH);
    const open = this.kind === 'section' && hasHeadings && to - entry.from > SHORT_LINES;
    return new OutlineSection(entry, inside, to, this.kind, open);
  }
}
