import { oneLine, type Terminal } from './terminal.ts';

/** Says how far a command is, on stderr. */
export interface ProgressLine {
  /** A newer state replaces an older one that was not shown yet. */
  show(text: string): void;
  /** Clears the line, so that what is printed next starts clean. */
  clear(): void;
}

const REDRAW_MS = 100;
const SPARSE_MS = 5_000;

/** Redraws one line on a terminal, adds a line now and then elsewhere, is silent when quiet. */
export function createProgressLine(
  stderr: Terminal['stderr'],
  { quiet, now }: { quiet: boolean; now: () => number },
): ProgressLine {
  if (quiet) return { show: () => undefined, clear: () => undefined };
  const onTerminal = stderr.isTTY === true;
  let drawn = false;
  // The first sparse line comes only after a wait: a short command prints none.
  let shownAt = onTerminal ? Number.NEGATIVE_INFINITY : now();
  return {
    show(text) {
      const time = now();
      if (time - shownAt < (onTerminal ? REDRAW_MS : SPARSE_MS)) return;
      shownAt = time;
      const line = oneLine(text);
      if (!onTerminal) {
        stderr.write(`${line}\n`);
        return;
      }
      // Some pseudo-terminals say that they are 0 wide.
      const width = stderr.columns === undefined || stderr.columns < 1 ? 80 : stderr.columns;
      stderr.write(`\r${line.slice(0, width - 1)}\u001b[K`);
      drawn = true;
    },
    clear() {
      if (drawn) stderr.write('\r\u001b[K');
      drawn = false;
    },
  };
}

/** For work whose steps are too many to name: `Checking: 42%`. */
export function showShare(
  progress: ProgressLine,
  what: string,
): (state: { readonly done: number; readonly total: number }) => void {
  return ({ done, total }) => {
    progress.show(`${what}: ${total === 0 ? 0 : Math.floor((done / total) * 100)}%`);
  };
}
