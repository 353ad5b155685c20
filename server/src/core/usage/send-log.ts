import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { withConnection, writeOn, type Connection } from '../cache/database.ts';
import { Prepared } from '../cache/prepared.ts';
import { SteadyDatabase, type OnProblem } from '../cache/steady-database.ts';
import { Failure, type Recovery } from '../errors.ts';
import { sendLogMigrations } from './migrations/send-log-migrations.ts';
import { monthOf } from './month.ts';
import { salvageSent, skipIds } from './salvage-sent.ts';

/** Texts about to leave this process. */
export interface Sending {
  /** `api.openai.com`, with the port where it is not the scheme's own. */
  readonly host: string;
  readonly provider: string;
  readonly model: string;
  readonly kind: 'files' | 'query' | 'texts' | 'rerank';
  readonly texts: number;
  /** Estimates until the provider has answered. */
  readonly tokens: number;
  /** Null where the price is unknown. */
  readonly costUsd: number | null;
  /** Where the texts come from; empty for a query. */
  readonly files: readonly SentFile[];
}

export interface SentFile {
  /** Absolute path of the folder; empty for a file outside of any. */
  readonly folder: string;
  readonly path: string;
  readonly texts: number;
}

export interface SentEntry extends Sending {
  readonly at: Date;
}

/** Names one noted sending until it is settled. */
export type SendId = number & { readonly __brand: 'SendId' };

/** Which file's text went where and when, and what this month has cost (`sent.db`). Never a text. */
export interface SendLog {
  /**
   * Notes what is about to go out, and counts its estimate: a process killed now has still paid it.
   * Null, and nothing noted, when `limitUsd` is spent already. One process after another, so all
   * processes on the directory share one limit, overstepped by one sending at most.
   */
  begin(sending: Sending, limitUsd: number | null): Promise<SendId | null>;
  /** What it was in the end. */
  settle(id: SendId, actual: { tokens: number; costUsd: number | null }): Promise<void>;
  /** Nothing left this process. */
  drop(id: SendId): Promise<void>;
  /** This month (UTC), US dollars. */
  spentUsd(): Promise<number>;
  /** Newest first. */
  entries(limit: number): Promise<SentEntry[]>;
  /** As `SteadyDatabase.renew`. */
  renew(): Promise<Recovery | null>;
  close(): Promise<void>;
}

const KEPT_SENDINGS = 10_000;
const KEPT_FILES = 100_000;

const SPENT = 'SELECT usd FROM spent WHERE month = ?';
const SPEND = `INSERT INTO spent (month, usd) VALUES (@month, @usd)
  ON CONFLICT (month) DO UPDATE SET usd = max(0, usd + excluded.usd)`;
const ADD = `INSERT INTO sent (at, host, provider, model, kind, texts, tokens, costUsd)
  VALUES (@at, @host, @provider, @model, @kind, @texts, @tokens, @costUsd)`;
const ADD_FILE = `INSERT INTO sentFile (sentId, folder, path, texts)
  VALUES (@sentId, @folder, @path, @texts)`;
const ONE = 'SELECT at, costUsd FROM sent WHERE id = ?';
const SETTLE = 'UPDATE sent SET tokens = @tokens, costUsd = @costUsd WHERE id = @id';
const DROP = 'DELETE FROM sent WHERE id = ?';
const DROP_FILES = 'DELETE FROM sentFile WHERE sentId = ?';
const FORGET = `DELETE FROM sent WHERE id <= ? - ${KEPT_SENDINGS}`;
const FORGET_FILES = `DELETE FROM sentFile WHERE id <= (SELECT max(id) FROM sentFile) - ${KEPT_FILES}
  OR sentId <= ? - ${KEPT_SENDINGS}`;

export interface SendLogDeps {
  readonly now: () => Date;
  /**
   * Told of damage, of money that may have been spent unseen, and when the file cannot be used: what
   * is sent is noted and counted in memory then.
   */
  readonly onProblem: OnProblem;
  /** What this month has cost by another record, US dollars: never less is counted after damage. */
  readonly spentElsewhereUsd?: () => Promise<number>;
}

const PAGE_SIZE = 4096;

export async function openSendLog(file: string, deps: SendLogDeps): Promise<SendLog> {
  const { now, onProblem, spentElsewhereUsd = () => Promise.resolve(0) } = deps;
  const known: Known = { month: '', usd: 0, lastId: 0 };
  const database = await SteadyDatabase.open({
    file,
    migrations: sendLogMigrations,
    pageSize: PAGE_SIZE,
    onProblem,
    salvage: (damaged, into) =>
      salvageSent(damaged, into, {
        pageSize: PAGE_SIZE,
        keptSendings: KEPT_SENDINGS,
        now,
        spentElsewhereUsd,
        onSpendingUnclear: () => {
          onProblem(new Failure('spendingUnclear', `${file}: what was spent could not be read`));
        },
      }),
    async fillMemory(db) {
      const month = monthOf(now());
      const spent = Math.max(month === known.month ? known.usd : 0, await spentElsewhereUsd());
      await withConnection(db, (connection) => {
        connection.prepare(SPEND).run({ month, usd: spent });
        skipIds(connection, known.lastId);
      });
    },
  });
  return new SqliteSendLog(database, deps, known);
}

/** What this process knows of the file, should it be lost. */
interface Known {
  month: string;
  usd: number;
  lastId: number;
}

class SqliteSendLog implements SendLog {
  readonly #database: SteadyDatabase;
  readonly #deps: SendLogDeps;
  readonly #known: Known;
  readonly #prepared = new Prepared();

  constructor(database: SteadyDatabase, deps: SendLogDeps, known: Known) {
    this.#database = database;
    this.#deps = deps;
    this.#known = known;
  }

  begin(sending: Sending, limitUsd: number | null): Promise<SendId | null> {
    const at = this.#deps.now();
    return this.#write((connection) => {
      if (limitUsd !== null && this.#spent(connection, monthOf(at)) >= limitUsd) return null;
      const { files, ...facts } = sending;
      const { lastInsertRowid } = this.#on(connection, ADD).run({ ...facts, at: at.getTime() });
      const id = Number(lastInsertRowid);
      for (const file of files) this.#on(connection, ADD_FILE).run({ sentId: id, ...file });
      this.#spend(connection, at, sending.costUsd ?? 0);
      this.#on(connection, FORGET_FILES).run(id);
      this.#on(connection, FORGET).run(id);
      this.#known.lastId = id;
      return id as SendId;
    });
  }

  async settle(id: SendId, actual: { tokens: number; costUsd: number | null }): Promise<void> {
    await this.#write((connection) => {
      this.#take(connection, id, actual.costUsd ?? 0);
      this.#on(connection, SETTLE).run({ id, ...actual });
    });
  }

  async drop(id: SendId): Promise<void> {
    await this.#write((connection) => {
      this.#take(connection, id, 0);
      this.#on(connection, DROP).run(id);
      this.#on(connection, DROP_FILES).run(id);
    });
  }

  async spentUsd(): Promise<number> {
    const month = monthOf(this.#deps.now());
    return this.#database.use((db) =>
      retryWhileBusy(() => withConnection(db, (connection) => this.#spent(connection, month))),
    );
  }

  async entries(limit: number): Promise<SentEntry[]> {
    const { SentFileRow, SentRow } = await import('./models/sent-row.ts');
    const { sent, rows } = await this.#database.use(async (db) => {
      const newest = await SentRow.bindKnex(db).query().orderBy('id', 'desc').limit(limit);
      const query = SentFileRow.bindKnex(db)
        .query()
        .whereBetween('sentId', [newest.at(-1)?.id ?? 0, newest[0]?.id ?? 0]);
      return { sent: newest, rows: await query.orderBy('id') };
    });
    const files = Map.groupBy(rows, ({ sentId }) => sentId);
    return sent.map(({ id, at, host, provider, model, kind, texts, tokens, costUsd }) => ({
      at: new Date(at),
      host,
      provider,
      model,
      kind,
      texts,
      tokens,
      costUsd,
      files: (files.get(id) ?? []).map(({ folder, path, texts: count }) => ({
        folder,
        path,
        texts: count,
      })),
    }));
  }

  renew(): Promise<Recovery | null> {
    return this.#database.renew();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Replaces what the sending was counted as in the month it began. */
  #take(connection: Connection, id: SendId, usd: number): void {
    const before = this.#on(connection, ONE).get(id) as
      { at: number; costUsd: number | null } | undefined;
    // Ten thousand newer ones have pushed it out: its estimate stays counted.
    if (before) this.#spend(connection, new Date(before.at), usd - (before.costUsd ?? 0));
  }

  #spend(connection: Connection, at: Date, usd: number): void {
    if (usd === 0) return;
    this.#on(connection, SPEND).run({ month: monthOf(at), usd });
    this.#spent(connection, monthOf(this.#deps.now()));
  }

  #spent(connection: Connection, month: string): number {
    const row = this.#on(connection, SPENT).get(month) as { usd: number } | undefined;
    const usd = row?.usd ?? 0;
    Object.assign(this.#known, { month, usd });
    return usd;
  }

  #on(connection: Connection, sql: string) {
    return this.#prepared.on(connection, sql);
  }

  async #write<T>(write: (connection: Connection) => T): Promise<T> {
    const attempt = () =>
      this.#database.use((db) =>
        retryWhileBusy(() =>
          withConnection(db, (connection) => writeOn(connection, () => write(connection))),
        ),
      );
    try {
      return await attempt();
    } catch (error) {
      const problem = databaseFailure('noting what is sent', error);
      const { isInMemory } = this.#database;
      if (isInMemory || problem.kind === 'cacheBusy' || problem.kind === 'internal') throw problem;
      this.#deps.onProblem(problem);
      // A full or lost disk must not take the limit away: it counts on from what was spent.
      await this.spentUsd().catch(() => undefined);
      await this.#database.goOnInMemory();
      return attempt();
    }
  }
}
