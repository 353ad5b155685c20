import { styleText } from 'node:util';
import type { HitReasons, SearchHit } from '../../../core/search/search-hit.ts';
import { printable, type Terminal } from '../terminal.ts';

const LINES_SHOWN = 3;

/** What is shown of hits beside place, score and text. */
export interface Shown {
  /** Why each stands where it does. */
  readonly explain: boolean;
}

/** Hits as the CLI contract has them. */
export function hitsJson(hits: readonly SearchHit[], { explain }: Shown): string {
  const rows = hits.map(({ path, startLine, endLine, best, score, text, why }) => ({
    path,
    startLine,
    endLine,
    score,
    text,
    best,
    ...(explain ? { why } : {}),
  }));
  return `${JSON.stringify(rows)}\n`;
}

/** `path:start-end  score` and the best lines of each hit, for a person to read. */
export function hitsText(
  hits: readonly SearchHit[],
  stream: Terminal['stdout'],
  { explain }: Shown,
): string {
  const textOf = (hit: SearchHit) =>
    hitText(hit, stream) + (explain ? `${reasonsText(hit.why)}\n` : '');
  return hits.map(textOf).join('\n');
}

function hitText(hit: SearchHit, stream: Terminal['stdout']): string {
  const place = styleText('bold', `${printable(hit.path)}:${hit.startLine}-${hit.endLine}`, {
    stream,
  });
  const offset = hit.best.startLine - hit.startLine;
  const lines = hit.text.split('\n').slice(offset, offset + LINES_SHOWN);
  const width = String(hit.best.startLine + lines.length).length;
  const body = lines.map((line, i) => {
    const number = String(hit.best.startLine + i).padStart(width);
    return `  ${styleText('dim', number, { stream })}  ${printable(line)}`.trimEnd();
  });
  return `${[`${place}  ${hit.score.toFixed(3)}`, ...body].join('\n')}\n`;
}

function reasonsText({ meaning, words, fused, exact, steps, relevance }: HitReasons): string {
  const figure = (score: number | null) => (score === null ? 'no' : score.toFixed(3));
  const found = [`meaning ${figure(meaning)}`, `words ${figure(words)}`];
  if (exact > 0) found.push(`exact text ${Math.round(exact * 100)}%`);
  if (relevance !== null) found.push(`reranker ${relevance.toFixed(3)}`);
  const moved = steps.map(
    ({ signal, change }) => `${signal} ${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(3)}`,
  );
  return `  ${found.join(', ')}: ${[fused.toFixed(3), ...moved].join(', ')}`;
}
