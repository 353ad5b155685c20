import type { SearchHit } from '../../../server/protocol/search-hit.ts';
import { withoutControls, withoutIcons } from './plain-text.ts';

export interface HitItem {
  readonly hit: SearchHit;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** A quick pick re-sorts and filters by label unless this is set. */
  readonly alwaysShow: boolean;
}

const maxDetail = 200;

/**
 * A search hit as a row of a quick pick. The label is the icon alone: rows with equal labels keep
 * the server's order. `path` is the path shown, with the folder's name where there are several.
 */
export function hitItem(hit: SearchHit, path: string, alwaysShow = true): HitItem {
  const symbol = symbolOf(hit);
  const place = `${path}:${hit.startLine}`;
  const description = symbol === undefined ? place : `${symbol}  ${place}`;
  return {
    hit,
    label: symbol === undefined ? '$(file)' : '$(symbol-method)',
    description: withoutIcons(withoutControls(description)),
    detail: withoutIcons(withoutControls(bestLines(hit)).slice(0, maxDetail)),
    alwaysShow,
  };
}

/** Whether two rows stand for the same place. */
export function isSameHit(a: SearchHit, b: SearchHit): boolean {
  return a.uri === b.uri && a.startLine === b.startLine && a.endLine === b.endLine;
}

/** Of the names that the hit defines, the last one up to the lines that fit best: they lie in it. */
function symbolOf({ symbols, text, startLine, best }: SearchHit): string | undefined {
  const lines = text.split('\n').slice(0, best.endLine - startLine + 1);
  return symbols.findLast((symbol) => lines.some((line) => line.includes(symbol))) ?? symbols[0];
}

/** The lines of the hit that fit best, in one row. */
function bestLines({ text, startLine, best }: SearchHit): string {
  return text
    .split('\n')
    .slice(best.startLine - startLine, best.endLine - startLine + 1)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ⏎ ');
}
