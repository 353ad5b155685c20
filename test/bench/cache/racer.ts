import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Contestant, OpenContestant } from './contestant.ts';
import { fill } from './filling.ts';
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
  await fill({
    name,
    rows,
    step: 2000,
    put: (start, count) => {
      const batch = Array.from({ length: count }, (_, i) => start + i);
      return opened.put(batch.map(textOf), batch.map(vectorOf));
    },
  });
  return {
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
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Null where there is no Python, or none with NumPy. */
export async function fillSeed(rows: number): Promise<Racer | null> {
  const directory = newDirectory();
  const python = startPythonSeed(directory);
  if (!python) return null;
  await fill({
    name: SEED,
    rows,
    step: 10_000,
    put: (start, count) => python.populate(start, count),
  });
  return {
    name: SEED,
    rows,
    microseconds: (batch) => python.microseconds(batch),
    async [Symbol.asyncDispose]() {
      python.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function newDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'embeddingcache-bench-'));
}

function check(name: string, found: ArrayLike<number> | undefined, row: number): void {
  const right = vectorOf(row);
  const same =
    found?.length === right.length && right.every((x, i) => Math.abs(x - found[i]!) < 1e-6);
  if (!same) throw new Error(`${name} gave another vector`);
}
