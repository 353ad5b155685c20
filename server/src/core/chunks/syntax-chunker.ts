import type { Parser } from 'web-tree-sitter';
import type { Chunk } from './chunk.ts';
import { cutSections } from './cut-sections.ts';
import type { Grammars } from './grammars.ts';
import { CHUNK_SIZES } from './line-cut.ts';
import { definedSymbols } from './symbols.ts';
import { syntaxSections } from './syntax-sections.ts';

/**
 * Of the parser's progress reports; people's code takes about 8 for 1,000 characters. A limit in
 * steps, not in time: the same text is cut alike on a slow machine.
 */
const MOST_STEPS = 2_000;
const MOST_STEPS_PER_CHARACTER = 0.03;
/** Longer ones are no program text, and take some parsers for ever. */
const LONGEST_LINE = 20_000;

/** Cuts program text along its syntax tree, kept lazily loaded parsers for each grammar. */
export class SyntaxChunker {
  readonly #grammars: Grammars;
  #parser: Promise<Parser> | null = null;

  constructor(grammars: Grammars) {
    this.#grammars = grammars;
  }

  /** Null for a text that is no program text or takes too many steps. Rejects as `Grammars.get`. */
  async chunk(grammar: string, text: string): Promise<Chunk[] | null> {
    const lines = text.split('\n');
    if (lines.some((line) => line.length > LONGEST_LINE)) return null;
    const language = await this.#grammars.get(grammar);
    const parser = await (this.#parser ??= createParser());
    // No pause from here to the end: the one parser serves one text at a time.
    parser.setLanguage(language);
    const most = MOST_STEPS + MOST_STEPS_PER_CHARACTER * text.length;
    let steps = 0;
    const tree = parser.parse(text, null, { progressCallback: () => ++steps > most });
    if (tree === null) {
      parser.reset();
      return null;
    }
    try {
      const root = tree.rootNode;
      const chunks = cutSections(lines, syntaxSections(root, lines.length), CHUNK_SIZES);
      return root.hasError ? chunks.map(withNamesInError) : chunks;
    } finally {
      tree.delete();
    }
  }
}

/** Where the parser lost its way, names are found by their common forms. */
function withNamesInError(chunk: Chunk): Chunk {
  if (chunk.symbols.length + chunk.enclosing.length > 0) return chunk;
  return { ...chunk, symbols: definedSymbols(chunk.text) };
}

async function createParser(): Promise<Parser> {
  const { Parser } = await import('web-tree-sitter');
  return new Parser();
}
