import type { Parser } from 'web-tree-sitter';
import type { Chunk } from './chunk.ts';
import { cutSections } from './cut-sections.ts';
import type { Grammars } from './grammars.ts';
import { CHUNK_SIZES } from './line-cut.ts';
import { syntaxSections } from './syntax-sections.ts';

/**
 * Of the parser's progress reports; people's code takes about 8 for 1,000 characters. A limit in
 * steps, not in time: the same text is cut alike on a slow machine.
 */
const MOST_STEPS = 2_000;
const MOST_STEPS_PER_CHARACTER = 0.1;

/** Cuts program text along its syntax tree, kept lazily loaded parsers for each grammar. */
export class SyntaxChunker {
  readonly #grammars: Grammars;
  #parser: Promise<Parser> | null = null;

  constructor(grammars: Grammars) {
    this.#grammars = grammars;
  }

  /** Null for a text that takes its parser too many steps. Rejects as `Grammars.get`. */
  async chunk(grammar: string, text: string): Promise<Chunk[] | null> {
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
      const lines = text.split('\n');
      return cutSections(lines, syntaxSections(tree.rootNode, lines.length), CHUNK_SIZES);
    } finally {
      tree.delete();
    }
  }
}

async function createParser(): Promise<Parser> {
  const { Parser } = await import('web-tree-sitter');
  return new Parser();
}
