import { statSync } from 'node:fs';
import { withConnection, type Database } from '../database.ts';
import { takeLogOver, type StructureOptions } from './structure.ts';

/** Of a write-ahead log. */
const LONG_BYTES = 16 * 2 ** 20;

/**
 * Keeps a file's write-ahead log short while much is written. SQLite would do it within a commit,
 * and its caller's thread would wait for the disk.
 */
export class LogKeeper {
  readonly #file: string;
  readonly #options: StructureOptions;

  private constructor(file: string, options: StructureOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** From here on the log is the keeper's work. */
  static async of(db: Database, file: string, options: StructureOptions): Promise<LogKeeper> {
    await withConnection(db, (connection) => connection.pragma('wal_autocheckpoint = 0'));
    return new LogKeeper(file, options);
  }

  /** To be called between two writes. */
  async shorten(): Promise<void> {
    const { size } = statSync(`${this.#file}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size > LONG_BYTES) await this.takeOver();
  }

  /** The file itself becomes shorter by it. A reader may delay that. */
  async takeOver(): Promise<void> {
    await takeLogOver(this.#file, this.#options);
  }
}
