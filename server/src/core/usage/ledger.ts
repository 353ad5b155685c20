import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { withConnection, writeOn } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { openSteadyDatabase } from '../cache/steady-database.ts';
import { usageMigrations } from './migrations/usage-migrations.ts';
import { addUsage, NO_USAGE, type Usage } from './usage.ts';

/** One space's counters for one day (UTC, `YYYY-MM-DD`). */
export interface DaysUsage {
  readonly space: string;
  readonly day: string;
  readonly usage: Usage;
}

/** Daily counters per space (`usage.db`). */
export interface Ledger {
  /** Counts at once in memory; written within a second, or by `flush`. */
  record(spaceId: string, usage: Usage): void;
  flush(): Promise<void>;
  /** Sum over all spaces from a day (UTC, `YYYY-MM-DD`) on. */
  since(day: string): Promise<Usage>;
  /** Every day's and space's own, the latest first. */
  byDay(): Promise<DaysUsage[]>;
  close(): Promise<void>;
}

const UPSERT = `INSERT INTO usage (space, day, hits, misses, requests, tokens, costUsd, savedUsd)
  VALUES (@space, @day, @hits, @misses, @requests, @tokens, @costUsd, @savedUsd)
  ON CONFLICT (space, day) DO UPDATE SET
    hits = hits + excluded.hits, misses = misses + excluded.misses,
    requests = requests + excluded.requests, tokens = tokens + excluded.tokens,
    costUsd = costUsd + excluded.costUsd, savedUsd = savedUsd + excluded.savedUsd`;
const FLUSH_AFTER_MS = 500;

export interface LedgerDeps {
  now(): Date;
  /** Told when the counters could not be written; they are kept and tried again. */
  onWriteFailed(error: unknown): void;
}

export async function openLedger(file: string, deps: LedgerDeps): Promise<Ledger> {
  const db = await openSteadyDatabase({
    file,
    migrations: usageMigrations,
    pageSize: 4096,
    onProblem: (problem) => {
      deps.onWriteFailed(problem);
    },
  });
  return new SqliteLedger(db, deps);
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

class SqliteLedger implements Ledger {
  readonly #db: Knex;
  readonly #deps: LedgerDeps;
  readonly #prepared = new Prepared();
  #pending = new Map<string, DaysUsage>();
  #timer: NodeJS.Timeout | null = null;

  constructor(db: Knex, deps: LedgerDeps) {
    this.#db = db;
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
      await retryWhileBusy(() =>
        withConnection(this.#db, (connection) => {
          const upsert = this.#prepared.on(connection, UPSERT);
          writeOn(connection, () => {
            for (const { space, day, usage } of pending) upsert.run({ space, day, ...usage });
          });
        }),
      );
    } catch (error) {
      for (const each of pending) this.#add(each);
      throw databaseFailure('writing usage counters', error);
    }
  }

  async since(day: string): Promise<Usage> {
    await this.flush().catch((error: unknown) => {
      this.#deps.onWriteFailed(error);
    });
    const { UsageRow } = await import('./models/usage-row.ts');
    const columns = ['hits', 'misses', 'requests', 'tokens', 'costUsd', 'savedUsd'] as const;
    const query = UsageRow.bindKnex(this.#db).query().where('day', '>=', day).first();
    for (const column of columns) void query.sum(`${column} as ${column}`);
    const sums = (await query) as Partial<Record<keyof Usage, number | null>> | undefined;
    const entries = columns.map((column) => [column, sums?.[column] ?? 0]);
    return Object.fromEntries(entries) as Usage;
  }

  async byDay(): Promise<DaysUsage[]> {
    await this.flush().catch((error: unknown) => {
      this.#deps.onWriteFailed(error);
    });
    const { UsageRow } = await import('./models/usage-row.ts');
    const rows = UsageRow.bindKnex(this.#db).query().orderBy('day', 'desc').orderBy('space');
    return (await rows).map(({ space, day, ...counters }) => ({
      space,
      day,
      usage: addUsage(NO_USAGE, counters),
    }));
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      // Nobody's work has failed: counts of a second at most go.
      this.#deps.onWriteFailed(error);
    } finally {
      if (this.#timer) clearTimeout(this.#timer);
      await this.#db.destroy();
    }
  }
}
