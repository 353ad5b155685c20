import type { Chunk, Chunker } from './chunk.ts';
import { Grammars, grammarOf } from './grammars.ts';
import { chunkByLines } from './line-chunker.ts';
import { SyntaxChunker } from './syntax-chunker.ts';

/** Changes whenever the same text may be cut otherwise. */
const NAME = 'syntax-1';

/**
 * Cuts a file by what its kind offers: syntax where there is a grammar, lines elsewhere and where
 * parsing takes too long.
 * @param grammarsFolder Absolute path of the folder with the grammars.
 */
export function createChunker(grammarsFolder: string): Chunker {
  const syntax = new SyntaxChunker(new Grammars(grammarsFolder));
  return {
    name: NAME,
    async chunk(path: string, text: string): Promise<Chunk[]> {
      const grammar = grammarOf(path);
      const bySyntax = grammar === null ? null : await syntax.chunk(grammar, text);
      return bySyntax ?? chunkByLines(text);
    },
  };
}
