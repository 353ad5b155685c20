import type { Block } from './blocks.ts';
import type { Chunk } from './chunk.ts';
import { fillChunks } from './fill-chunks.ts';
import { joinSmall, type BlockFacts } from './join-small.ts';
import { LineCut, type ChunkSizes } from './line-cut.ts';
import type { Section } from './section.ts';

/** Deeper nesting than people write is cut by lines. */
const DEEPEST = 48;
/** A group of so few lines says little alone. */
const TINY_LINES = 3;

/** What of a section's parents its chunks need to know. */
interface Context {
  /** Names of the parents, outermost first. */
  readonly enclosing: readonly string[];
  /** Parents that begin with this section, so that its first chunk defines them. */
  readonly opening: readonly Section[];
  readonly depth: number;
}

/**
 * Chunks of a text's sections: a section that fits is one chunk unless it is open; small
 * neighbours share one; what is too long is cut at its parts, and by lines where it has none.
 */
export function cutSections(lines: readonly string[], root: Section, sizes: ChunkSizes): Chunk[] {
  return new SectionCut(lines, sizes).parts(root, { enclosing: [], opening: [], depth: 0 });
}

class SectionCut {
  readonly #lineCut: LineCut;
  readonly #facts: BlockFacts<Section>;

  constructor(lines: readonly string[], sizes: ChunkSizes) {
    const lineCut = new LineCut(lines, sizes);
    this.#lineCut = lineCut;
    this.#facts = {
      anchorOf: ({ anchor }) => lines[anchor]!,
      filledLines: (section) => lineCut.filledLines(section),
      fits: (block) => lineCut.fits(block),
    };
  }

  parts(section: Section, context: Context): Chunk[] {
    const parts = context.depth < DEEPEST ? section.parts() : [];
    const isWhole = parts.length === 1 && parts[0]!.from === section.from && context.depth > 0;
    if (parts.length === 0 || isWhole) return this.#byLines(section, context);
    const { names, owners } = section;
    const opened = context.opening.flatMap((parent) => [...parent.owners, ...parent.names]);
    const within = [...context.enclosing, ...opened, ...owners, ...names];
    return this.#groupsOf(section, parts).flatMap((group, i) =>
      this.#chunksOf(group, section, {
        opening: i === 0 ? [...context.opening, section] : [],
        enclosing: i === 0 ? context.enclosing : within,
        depth: context.depth + 1,
      }),
    );
  }

  /** Members of an open section stay apart unless small; pieces of a long function are long. */
  #groupsOf({ open }: Section, parts: readonly Section[]): Section[][] {
    const worded = parts.filter((part) => !this.#lineCut.isWordless(part));
    if (!open) return fillChunks(worded, this.#facts);
    return joinTiny(joinSmall(worded, this.#facts), this.#facts);
  }

  #chunksOf(group: readonly Section[], parent: Section, context: Context): Chunk[] {
    const whole = stretchOf(group);
    const [first] = group;
    if (group.length === 1 && (first!.open || !this.#lineCut.fits(whole))) {
      return this.parts(first!, context);
    }
    const defining = [...context.opening, ...group].filter(({ names }) => names.length > 0);
    return this.#lineCut.chunksOf(whole, {
      kind: defining[0]?.kind ?? parent.kind,
      symbols: unique(defining.flatMap(({ names }) => names)),
      enclosing: unique([...context.enclosing, ...group.flatMap(({ owners }) => owners)]),
    });
  }

  /** The first piece defines what the section does; the others lie in it. */
  #byLines(section: Section, { enclosing, opening }: Context): Chunk[] {
    const { names, owners } = section;
    const [first = section] = [...opening, section].filter((each) => each.names.length > 0);
    const outside = unique([...enclosing, ...owners]);
    return this.#lineCut.blocks(section).flatMap((block, i) =>
      this.#lineCut.chunksOf(block, {
        kind: i === 0 ? first.kind : section.kind,
        symbols: i === 0 ? unique([...opening, section].flatMap((each) => each.names)) : [],
        enclosing: i === 0 ? outside : unique([...outside, ...names]),
      }),
    );
  }
}

/**
 * A tiny group goes with the next where that is closed and has room, else with the one before:
 * a lone field with the method below it, the head of a class with its first member.
 */
function joinTiny(
  groups: readonly Section[][],
  { filledLines, fits }: BlockFacts<Section>,
): Section[][] {
  const isTiny = (group: readonly Section[]) =>
    group.reduce((sum, section) => sum + filledLines(section), 0) <= TINY_LINES;
  const haveRoom = (...pair: readonly (readonly Section[])[]) =>
    !pair.flat().some(({ open }, _, { length }) => open && length > 1) &&
    fits(stretchOf(pair.flat()));
  const joined: Section[][] = [];
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const next = groups[i + 1];
    const last = joined.at(-1);
    if (isTiny(group) && next && haveRoom(group, next)) {
      joined.push([...group, ...next]);
      i++;
    } else if (isTiny(group) && last && haveRoom(last, group)) last.push(...group);
    else joined.push(group);
  }
  return joined;
}

function stretchOf(group: readonly Section[]): Block {
  return { from: group[0]!.from, to: group.at(-1)!.to };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
