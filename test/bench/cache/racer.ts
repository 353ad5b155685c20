import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Contestant, OpenContestant } from './contestant.ts';
import { fill, type Filling } from './filling.ts';
import { startPythonSeed } from './python-seed.ts';
import { textOf, vectorOf } from './sample.ts';

/** A filled cache that is asked for batches of its rows. */
export interface Racer extends AsyncDisposable {
  readonly name: string;
  readonly rows: number;
  /** Per text, for a batch of these rows. */
  microseconds(batch: readonly number[]): Promise<number>;
}

/** One that runs in this process. */
export interface OwnRacer extends Racer {
  readonly opened: OpenContestant;
}

export const SEED = 'Python seed’s algorithm';

export async function fillRacer(
  contestant: Contestant,
  rows: number,
  name = contestant.name,
): Promise<OwnRacer> {
  const directory = newDirectory();
  const opened = await contestant.open(directory);
  const racer: OwnRacer = {
    name,
    rows,
    opened,
    async microseconds(batch) {
      const texts = batch.map(textOf);
      const startedAt = performance.now();
      const found = await opened.get(texts);
      const took = (performance.now() - startedAt) * 1000;
      check(name, found.at(batch.length - 1), batch.at(-1)!);
      return took / batch.length;
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      removeDirectory(directory);
    },
  };
  return filled(racer, 2000, (start, count) => {
    const batch = Array.from({ length: count }, (_, i) => start + i);
    return opened.put(batch.map(textOf), batch.map(vectorOf));
  });
}

/** Null where there is no Python, or none with NumPy. */
export async function fillSeed(rows: number): Promise<Racer | null> {
  const directory = newDirectory();
  const python = startPythonSeed(directory);
  if (!python) {
    removeDirectory(directory);
    return null;
  }
  const racer: Racer = {
    name: SEED,
    rows,
    microseconds: (batch) => python.microseconds(batch),
    async [Symbol.asyncDispose]() {
      python.close();
      removeDirectory(directory);
    },
  };
  return filled(racer, 10_000, (start, count) => python.populate(start, count));
}

/** One that cannot be filled leaves nothing behind: it may be gigabytes. */
async function filled<R extends Racer>(racer: R, step: number, put: Filling['put']): Promise<R> {
  try {
    await fill({ name: racer.name, rows: racer.rows, step, put });
    return racer;
  } catch (error) {
    await racer[Symbol.asyncDispose]();
    throw error;
  }
}

function newDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'embeddingcache-bench-'));
}

function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

function check(name: string, found: ArrayLike<number> | undefined, row: number): void {
  const right = vectorOf(row);
  const same =
    found?.length === right.length && right.every((x, i) => Math.abs(x - found[i]!) < 1e-6);
  if (!same) throw new Error(`${name} gave another vector`);
}
