import type { Chunk } from './chunk.ts';
import { jsonItemsAt, jsonStart, type JsonItem } from './json-values.ts';
import { chunkByLines } from './line-chunker.ts';
import { CHUNK_SIZES, LineCut } from './line-cut.ts';
import { LineStarts } from './line-starts.ts';
import { definedSymbols } from './symbols.ts';

/**
 * Chunks of a Jupyter notebook: the source of each cell, without its outputs, as the cell shows it.
 * Their lines are those of the file. Null for a text that is no notebook.
 */
export function chunkNotebook(text: string): Chunk[] | null {
  const cells = memberOf(text, jsonStart(text), 'cells');
  if (!cells) return null;
  const starts = new LineStarts(text.split('\n'));
  return jsonItemsAt(text, cells.valueStart).flatMap((cell) => {
    const source = memberOf(text, cell.valueStart, 'source');
    return source ? chunksOfCell(text, source, starts) : [];
  });
}

/** A cell's source is a string, or an array with a string per line. */
function chunksOfCell(text: string, source: JsonItem, starts: LineStarts): Chunk[] {
  const items = jsonItemsAt(text, source.valueStart);
  const parts = text[source.valueStart] === '[' ? items : [source];
  const lines: string[] = [''];
  const rows: (number | undefined)[] = [];
  for (const part of parts) {
    const row = starts.lineAt(part.valueStart) + 1;
    const pieces = stringIn(text.slice(part.valueStart, part.end)).split('\n');
    rows[lines.length - 1] ??= row;
    lines.push(lines.pop()! + pieces[0]!);
    for (const piece of pieces.slice(1)) {
      lines.push(piece);
      // The line break at a part's end begins the line that the next part fills.
      if (piece !== '' || part === parts.at(-1)) rows[lines.length - 1] = row;
    }
  }
  const rowOf = (line: number) => rows[line - 1] ?? rows.findLast((row) => row !== undefined) ?? 1;
  return chunksOfText(lines).map((chunk) => ({
    ...chunk,
    startLine: rowOf(chunk.startLine),
    endLine: rowOf(chunk.endLine),
  }));
}

/** A cell that fits is one chunk. */
function chunksOfText(lines: readonly string[]): Chunk[] {
  const whole = { from: 0, to: lines.length };
  const cut = new LineCut(lines, CHUNK_SIZES);
  if (!cut.fits(whole)) return chunkByLines(lines.join('\n'), 'cell');
  const symbols = definedSymbols(lines.join('\n'));
  return cut.chunksOf(whole, { kind: 'cell', symbols, enclosing: [] });
}

function memberOf(text: string, start: number, key: string): JsonItem | undefined {
  if (text[start] !== '{') return undefined;
  return jsonItemsAt(text, start).find((item) => item.key === key);
}

function stringIn(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : '';
  } catch {
    // A damaged notebook: what its other cells say can still be found.
    return '';
  }
}
