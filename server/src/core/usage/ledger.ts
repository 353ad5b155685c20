import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { withConnection, writeOn, type Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { SteadyDatabase, type OnProblem } from '../cache/steady-database.ts';
import type { Recovery } from '../errors.ts';
import { usageMigrations } from './migrations/usage-migrations.ts';
import { salvageUsage } from './salvage-usage.ts';
import { addUsage, COUNTERS, NO_USAGE, usageOf, type DaysUsage, type Usage } from './usage.ts';

/** Daily counters per space (`usage.db`). */
export interface Ledger {
  /** Counts at once in memory; written within a second, or by `flush`. */
  record(spaceId: string, usage: Usage): void;
  flush(): Promise<void>;
  /** Sum over all spaces from a day (UTC, `YYYY-MM-DD`) on. */
  since(day: string): Promise<Usage>;
  /** Every day's and space's own, the latest first. */
  byDay(): Promise<DaysUsage[]>;
  /** As `SteadyDatabase.renew`. */
  renew(): Promise<Recovery | null>;
  close(): Promise<void>;
}

const UPSERT = `INSERT INTO usage (space, day, hits, misses, requests, tokens, costUsd, savedUsd)
  VALUES (@space, @day, @hits, @misses, @requests, @tokens, @costUsd, @savedUsd)
  ON CONFLICT (space, day) DO UPDATE SET
    hits = hits + excluded.hits, misses = misses + excluded.misses,
    requests = requests + excluded.requests, tokens = tokens + excluded.tokens,
    costUsd = costUsd + excluded.costUsd, savedUsd = savedUsd + excluded.savedUsd`;
const FLUSH_AFTER_MS = 500;
const PAGE_SIZE = 4096;

type AddRows = (connection: Connection, rows: Iterable<DaysUsage>) => void;

export interface LedgerDeps {
  now(): Date;
  /** Told of damage, and when the file cannot be used: what is counted goes with the process then. */
  readonly onProblem?: OnProblem;
  /** Told when the counters could not be written; they are kept and tried again. */
  onWriteFailed(error: unknown): void;
}

export async function openLedger(file: string, deps: LedgerDeps): Promise<Ledger> {
  const prepared = new Prepared();
  const add = (connection: Connection, rows: Iterable<DaysUsage>): void => {
    const upsert = prepared.on(connection, UPSERT);
    for (const { space, day, usage } of rows) upsert.run({ space, day, ...usage });
  };
  const database = await SteadyDatabase.open({
    file,
    migrations: usageMigrations,
    pageSize: PAGE_SIZE,
    onProblem: deps.onProblem ?? (() => undefined),
    salvage: (damaged) => salvageUsage(damaged, PAGE_SIZE, add),
  });
  return new SqliteLedger(database, add, deps);
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

class SqliteLedger implements Ledger {
  readonly #database: SteadyDatabase;
  readonly #addRows: AddRows;
  readonly #deps: LedgerDeps;
  #pending = new Map<string, DaysUsage>();
  #timer: NodeJS.Timeout | null = null;

  constructor(database: SteadyDatabase, addRows: AddRows, deps: LedgerDeps) {
    this.#database = database;
    this.#addRows = addRows;
    this.#deps = deps;
  }

  record(space: string, usage: Usage): void {
    this.#add({ space, day: dayOf(this.#deps.now()), usage });
  }

  #add({ space, day, usage }: DaysUsage): void {
    const id = `${space} ${day}`;
    const before = this.#pending.get(id)?.usage ?? NO_USAGE;
    this.#pending.set(id, { space, day, usage: addUsage(before, usage) });
    this.#timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#deps.onWriteFailed(error);
      });
    }, FLUSH_AFTER_MS).unref();
  }

  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.size === 0) return;
    const pending = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      await this.#database.use((db) =>
        retryWhileBusy(() =>
          withConnection(db, (connection) => {
            writeOn(connection, () => {
              this.#addRows(connection, pending);
            });
          }),
        ),
      );
    } catch (error) {
      for (const each of pending) this.#add(each);
      throw databaseFailure('writing usage counters', error);
    }
  }

  async since(day: string): Promise<Usage> {
    const { UsageRow } = await import('./models/usage-row.ts');
    const sums = await this.#read(async (db) => {
      const query = UsageRow.bindKnex(db).query().where('day', '>=', day).first();
      for (const counter of COUNTERS) void query.sum(`${counter} as ${counter}`);
      return await query;
    });
    return usageOf((counter) => sums?.[counter] ?? 0);
  }

  async byDay(): Promise<DaysUsage[]> {
    const { UsageRow } = await import('./models/usage-row.ts');
    const rows = await this.#read(async (db) =>
      UsageRow.bindKnex(db).query().orderBy('day', 'desc').orderBy('space'),
    );
    return rows.map(({ space, day, ...counters }) => ({
      space,
      day,
      usage: addUsage(NO_USAGE, counters),
    }));
  }

  renew(): Promise<Recovery | null> {
    return this.#database.renew();
  }

  /** With what was counted until now, if that can be written. */
  async #read<T>(read: (db: Knex) => Promise<T>): Promise<T> {
    await this.flush().catch((error: unknown) => {
      this.#deps.onWriteFailed(error);
    });
    try {
      return await this.#database.use(read);
    } catch (error) {
      throw databaseFailure('reading usage counters', error);
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      // Nobody's work has failed: counts of a second at most go.
      this.#deps.onWriteFailed(error);
    } finally {
      if (this.#timer) clearTimeout(this.#timer);
      await this.#database.close();
    }
  }
}
