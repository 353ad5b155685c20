import type { Chunk, ChunkKind } from './chunk.ts';
import { CHUNK_SIZES, LineCut } from './line-cut.ts';
import { definedSymbols } from './symbols.ts';

/** Cuts any text at blocks seen by indentation and blank lines; names by their common forms. */
export function chunkByLines(text: string, kind: ChunkKind = 'code'): Chunk[] {
  const lines = text.split('\n');
  const cut = new LineCut(lines, CHUNK_SIZES);
  return cut
    .blocks({ from: 0, to: lines.length })
    .flatMap((block) => cut.chunksOf(block, { kind, symbols: [], enclosing: [] }))
    .map((chunk) => ({ ...chunk, symbols: definedSymbols(chunk.text) }));
}
