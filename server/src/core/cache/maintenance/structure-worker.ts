import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

/** What this thread is started with, and what it answers. */
export interface StructureRequest {
  /** Absolute path of the database. */
  readonly file: string;
  /** `takeOver`: bring the write-ahead log into the file, and empty it if nobody reads it. */
  readonly task: 'check' | 'takeOver';
}

export interface StructureAnswer {
  /** What SQLite finds wrong, a line each; none in a sound file. */
  readonly faults: readonly string[];
}

/** What SQLite does in one statement, for seconds: not on the thread that answers queries. */
const MOST_FAULTS = 20;

const { file, task } = workerData as StructureRequest;
parentPort?.postMessage({ faults: faultsOf(file) } satisfies StructureAnswer);

function faultsOf(name: string): string[] {
  try {
    const readonly = task === 'check';
    const connection = new BetterSqlite3(name, { readonly, fileMustExist: true, timeout: 50 });
    try {
      connection.pragma('trusted_schema = OFF');
      return readonly ? check(connection) : takeOver(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    // Its message may carry contents of the file; its code says enough.
    return [error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'];
  }
}

function check(connection: BetterSqlite3.Database): string[] {
  const rows = connection.pragma(`integrity_check(${MOST_FAULTS})`) as Record<string, string>[];
  const lines = rows.flatMap((row) => Object.values(row)).filter((line) => line !== 'ok');
  return lines.map((line) => line.split('\n')[0]!);
}

/** A reader may delay it: then as much is brought over as can be, and the rest another time. */
function takeOver(connection: BetterSqlite3.Database): string[] {
  connection.pragma('synchronous = NORMAL');
  connection.pragma('wal_checkpoint(PASSIVE)');
  connection.pragma('wal_checkpoint(TRUNCATE)');
  return [];
}
