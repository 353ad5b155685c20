import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a figure must keep to. */
export type Limit = { readonly atMost: number } | { readonly atLeast: number };

const FOLDER = path.resolve(import.meta.dirname, '../../../out/bench');

/** Figures of one benchmark: printed as they come, and written to out/bench/NAME.json at the end. */
export class Figures {
  readonly #name: string;
  readonly #rows: object[] = [];
  #group = '';

  constructor(name: string) {
    this.#name = name;
  }

  /** Without a limit it is there for comparison. */
  add(group: string, what: string, figure: number, limit?: Limit): void {
    if (group !== this.#group) console.log((this.#group = group));
    const held = limit === undefined || isWithin(figure, limit);
    const bound = limit === undefined ? '' : `${words(limit)}  ${held ? 'held' : 'MISSED'}`;
    console.log(`  ${what.padEnd(44)}${figure.toFixed(3).padStart(10)}  ${bound}`.trimEnd());
    this.#rows.push({ group, what, figure, ...(limit ? { ...limit, held } : {}) });
  }

  async write(): Promise<void> {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path.join(FOLDER, `${this.#name}.json`), JSON.stringify(this.#rows, null, 2));
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share 0.99 for the value that 99 of 100 do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

function isWithin(figure: number, limit: Limit): boolean {
  return 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast;
}

function words(limit: Limit): string {
  return 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
}
