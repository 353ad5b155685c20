/** What a baseline may take to be filled; one that is not by then is left out. */
const MOST_SECONDS = 150;
const TOLD_EVERY_MS = 10_000;

export interface Filling {
  readonly name: string;
  readonly rows: number;
  /** However long it takes. */
  readonly isNeeded: boolean;
  /** Rows put at once. */
  readonly step: number;
  /** Puts so many rows from this one on. */
  readonly put: (start: number, count: number) => Promise<void>;
}

/** Fills a contestant, telling how far it is. False when that would take too long. */
export async function fill({ name, rows, isNeeded, step, put }: Filling): Promise<boolean> {
  const startedAt = performance.now();
  let toldAt = startedAt;
  for (let start = 0; start < rows; start += step) {
    await put(start, Math.min(step, rows - start));
    const now = performance.now();
    const seconds = (now - startedAt) / 1000;
    const done = Math.min(rows, start + step);
    if (now - toldAt > TOLD_EVERY_MS) {
      toldAt = now;
      console.error(`${name}: ${done.toLocaleString('en')} rows put in ${seconds.toFixed(0)} s`);
    }
    if (!isNeeded && done < rows && seconds > MOST_SECONDS) {
      console.error(`${name}: left out, not filled within ${MOST_SECONDS} s`);
      return false;
    }
  }
  return true;
}
