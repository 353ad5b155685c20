import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { readOn, withConnection, type Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import type { PackedVectors } from './packed-vectors.ts';
import {
  emptyResident,
  readResident,
  residentSteps,
  type Resident,
  type ResidentParts,
} from './resident.ts';

const DATA_VERSION = 'PRAGMA data_version';
/** In steps, before memory is filled at once. */
const MOST_LOADS = 3;

/** What memory holds of an index file, kept as the file is: another window may index, too. */
export class LoadedIndex {
  readonly #db: Knex;
  readonly #parts: ResidentParts;
  readonly #prepared = new Prepared();
  #resident: Resident;
  #loading: Promise<void> | null = null;
  /** SQLite's counter of changes made by other connections. */
  #dataVersion = -1;

  constructor(db: Knex, parts: ResidentParts) {
    this.#db = db;
    this.#parts = parts;
    this.#resident = emptyResident(parts.dimensions);
  }

  get pathOf(): Map<number, string> {
    return this.#resident.pathOf;
  }

  get vectors(): PackedVectors {
    return this.#resident.vectors;
  }

  /** Memory may hold what the file does not: it is loaded again before it is used. */
  forget(): void {
    this.#dataVersion = -1;
  }

  /** Does a task in a transaction in which the file holds what memory holds. */
  async whenCurrent<T>(
    transaction: typeof readOn,
    task: (connection: Connection) => T,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const done = await retryWhileBusy(() =>
        withConnection(this.#db, (connection) =>
          transaction(connection, () => {
            // Somebody writes faster than steps are read.
            if (tries > MOST_LOADS) this.#loadAtOnce(connection);
            return this.#isCurrent(connection) ? { result: task(connection) } : null;
          }),
        ),
      );
      if (done !== null) return done.result;
      await (this.#loading ??= this.#loadInSteps().finally(() => {
        this.#loading = null;
      }));
    }
  }

  #versionOf(connection: Connection): number {
    return this.#prepared.on(connection, DATA_VERSION).pluck().get() as number;
  }

  #isCurrent(connection: Connection): boolean {
    return this.#versionOf(connection) === this.#dataVersion;
  }

  #loadAtOnce(connection: Connection): void {
    if (this.#isCurrent(connection)) return;
    this.#resident = readResident(connection, this.#parts);
    this.#dataVersion = this.#versionOf(connection);
  }

  /** The event loop is free between two steps. What is outdated at the end is not taken. */
  async #loadInSteps(): Promise<void> {
    const [steps, version] = await this.#inRead((connection) => [
      residentSteps(connection, this.#parts),
      this.#versionOf(connection),
    ]);
    for (;;) {
      const { step, isCurrent } = await this.#inRead((connection) => ({
        step: steps.next(),
        isCurrent: this.#versionOf(connection) === version,
      }));
      // Another call may have loaded all at once meanwhile, and written since.
      if (!isCurrent || this.#dataVersion === version) return;
      if (step.done) {
        this.#resident = step.value;
        this.#dataVersion = version;
        return;
      }
      await nextTurn();
    }
  }

  #inRead<T>(read: (connection: Connection) => T): Promise<T> {
    return withConnection(this.#db, (connection) => readOn(connection, () => read(connection)));
  }
}
