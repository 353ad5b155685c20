const TOLD_EVERY_MS = 10_000;

export interface Filling {
  readonly name: string;
  readonly rows: number;
  /** Rows put at once. */
  readonly step: number;
  /** Puts so many rows from this one on. */
  readonly put: (start: number, count: number) => Promise<void>;
}

/** Fills a contestant, telling how far it is. */
export async function fill({ name, rows, step, put }: Filling): Promise<void> {
  const startedAt = performance.now();
  let toldAt = startedAt;
  for (let start = 0; start < rows; start += step) {
    await put(start, Math.min(step, rows - start));
    const now = performance.now();
    if (now - toldAt < TOLD_EVERY_MS) continue;
    toldAt = now;
    const done = Math.min(rows, start + step).toLocaleString('en');
    console.error(`${name}: ${done} rows put in ${((now - startedAt) / 1000).toFixed(0)} s`);
  }
}
