import { styleText } from 'node:util';
import type { SearchHit } from '../../../core/search/search-hit.ts';
import { printable, type Terminal } from '../terminal.ts';
import { bestLines } from './best-lines.ts';

const LINES_SHOWN = 3;

/** Hits as the CLI contract has them. */
export function hitsJson(hits: readonly SearchHit[]): string {
  const rows = hits.map(({ path, startLine, endLine, score, text }) => ({
    path,
    startLine,
    endLine,
    score,
    text,
  }));
  return `${JSON.stringify(rows)}\n`;
}

/** `path:start-end  score` and the lines of each hit nearest to the query, for a person to read. */
export function hitsText(
  hits: readonly SearchHit[],
  query: string,
  stream: Terminal['stdout'],
): string {
  return hits.map((hit) => hitText(hit, query, stream)).join('\n');
}

function hitText(hit: SearchHit, query: string, stream: Terminal['stdout']): string {
  const { offset, lines } = bestLines(hit.text, query, LINES_SHOWN);
  const place = styleText('bold', `${printable(hit.path)}:${hit.startLine}-${hit.endLine}`, {
    stream,
  });
  const width = String(hit.startLine + offset + lines.length).length;
  const body = lines.map((line, i) => {
    const number = String(hit.startLine + offset + i).padStart(width);
    return `  ${styleText('dim', number, { stream })}  ${printable(line)}`.trimEnd();
  });
  return `${[`${place}  ${hit.score.toFixed(3)}`, ...body].join('\n')}\n`;
}
