import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

/** What this thread is started with, and what it answers. */
export interface StructureRequest {
  /** Absolute path of the database. */
  readonly file: string;
}

export interface StructureAnswer {
  /** What SQLite finds wrong, a line each; none in a sound file. */
  readonly faults: readonly string[];
}

/** SQLite checks a file in one statement, for seconds: not on the thread that answers queries. */
const MOST_FAULTS = 20;

const { file } = workerData as StructureRequest;
parentPort?.postMessage({ faults: faultsOf(file) } satisfies StructureAnswer);

function faultsOf(name: string): string[] {
  try {
    const connection = new BetterSqlite3(name, { readonly: true, fileMustExist: true });
    try {
      connection.pragma('trusted_schema = OFF');
      const rows = connection.pragma(`integrity_check(${MOST_FAULTS})`) as Record<string, string>[];
      const lines = rows.flatMap((row) => Object.values(row)).filter((line) => line !== 'ok');
      return lines.map((line) => line.split('\n')[0]!);
    } finally {
      connection.close();
    }
  } catch (error) {
    // Its message may carry contents of the file; its code says enough.
    return [error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'];
  }
}
