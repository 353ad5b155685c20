import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { RECIPE } from './sample.ts';

/** The algorithm of the Python package `embeddingcache`, in a process of its own. */
export interface PythonSeed {
  /** Puts so many rows from this one on. */
  populate(start: number, count: number): Promise<void>;
  /** Microseconds per text, by Python's own clock. */
  microseconds(rows: readonly number[]): Promise<number>;
  close(): void;
}

/** Null where there is no Python, or none with NumPy. */
export function startPythonSeed(directory: string): PythonSeed | null {
  if (spawnSync('python3', ['-c', 'import numpy, sqlite3']).status !== 0) return null;
  const script = path.join(import.meta.dirname, 'seed.py');
  const file = path.join(directory, 'seed.db');
  const child = spawn('python3', [script, file, JSON.stringify(RECIPE)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (command: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('Python ended');
    return JSON.parse(line.value) as unknown;
  };
  return {
    populate: async (start, count) => {
      await ask({ populate: [start, count] });
    },
    microseconds: async (rows) => (await ask({ get: rows })) as number,
    close: () => {
      child.stdin.end();
    },
  };
}
