import { languageOf } from '../files/language-of.ts';
import type { Chunk, Chunker } from './chunk.ts';
import { cutSections } from './cut-sections.ts';
import { Grammars, grammarOf } from './grammars.ts';
import { jsonSections } from './json-sections.ts';
import { chunkByLines } from './line-chunker.ts';
import { CHUNK_SIZES } from './line-cut.ts';
import { chunkNotebook } from './notebook-chunker.ts';
import { outlineSection } from './outline-section.ts';
import type { Section } from './section.ts';
import { SyntaxChunker } from './syntax-chunker.ts';
import { markdownOutline, paragraphOutline, tomlOutline, yamlOutline } from './text-outlines.ts';

/** Changes whenever the same text may be cut otherwise. */
export const CHUNKER_NAME = 'structure-1';

/**
 * Cuts a file by what its kind offers: syntax where there is a grammar, headings, cells, keys,
 * paragraphs; lines elsewhere and where parsing takes too long.
 * @param grammarsFolder Absolute path of the folder with the grammars.
 */
export function createChunker(grammarsFolder: string): Chunker {
  const syntax = new SyntaxChunker(new Grammars(grammarsFolder));
  return {
    name: CHUNKER_NAME,
    async chunk(path: string, text: string): Promise<Chunk[]> {
      const grammar = grammarOf(path);
      const chunks =
        grammar === null ? chunkByStructure(path, text) : await syntax.chunk(grammar, text);
      return chunks ?? chunkByLines(text);
    },
  };
}

function chunkByStructure(path: string, text: string): Chunk[] | null {
  if (path.endsWith('.ipynb')) return chunkNotebook(text);
  const lines = text.split('\n');
  const root = structureOf(languageOf(path), text, lines);
  return root && cutSections(lines, root, CHUNK_SIZES);
}

function structureOf(
  language: string | null,
  text: string,
  lines: readonly string[],
): Section | null {
  switch (language) {
    case 'markdown':
      return outlineSection(markdownOutline(lines), lines.length, 'section');
    case 'plaintext':
    case 'restructuredtext':
      return outlineSection(paragraphOutline(lines), lines.length, 'text');
    case 'json':
    case 'jsonc':
      return jsonSections(text, lines);
    case 'yaml':
      return outlineSection(yamlOutline(lines), lines.length, 'entry');
    case 'toml':
      return outlineSection(tomlOutline(lines), lines.length, 'entry');
    default:
      return null;
  }
}
