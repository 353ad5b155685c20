import type { Knex } from 'knex';
import { retryWhileBusy } from '../cache/busy-retry.ts';
import { databaseFailure } from '../cache/database-failure.ts';
import { IN_MEMORY, withConnection, writeOn, type Connection } from '../cache/database.ts';
import { openMigrated } from '../cache/migrations/migrate.ts';
import { Prepared } from '../cache/prepared.ts';
import { openSteadyDatabase, type OnProblem } from '../cache/steady-database.ts';
import { sendLogMigrations } from './migrations/send-log-migrations.ts';

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
  now(): Date;
  /** Told when the file cannot be used; what is sent is noted and counted in memory then. */
  readonly onProblem: OnProblem;
}

const PAGE_SIZE = 4096;

export async function openSendLog(file: string, deps: SendLogDeps): Promise<SendLog> {
  const { onProblem } = deps;
  const migrations = sendLogMigrations;
  const db = await openSteadyDatabase({ file, migrations, pageSize: PAGE_SIZE, onProblem });
  return new SqliteSendLog(db, deps);
}

class SqliteSendLog implements SendLog {
  #db: Knex;
  #inMemory = false;
  readonly #deps: SendLogDeps;
  readonly #prepared = new Prepared();

  constructor(db: Knex, deps: SendLogDeps) {
    this.#db = db;
    this.#deps = deps;
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
    return retryWhileBusy(() =>
      withConnection(this.#db, (connection) => this.#spent(connection, month)),
    );
  }

  async entries(limit: number): Promise<SentEntry[]> {
    const { SentFileRow, SentRow } = await import('./models/sent-row.ts');
    const sent = await SentRow.bindKnex(this.#db).query().orderBy('id', 'desc').limit(limit);
    const ids = sent.map(({ id }) => id);
    const rows = await SentFileRow.bindKnex(this.#db)
      .query()
      .whereBetween('sentId', [ids.at(-1) ?? 0, ids[0] ?? 0])
      .orderBy('id');
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

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /** Replaces what the sending was counted as in the month it began. */
  #take(connection: Connection, id: SendId, usd: number): void {
    const before = this.#on(connection, ONE).get(id) as
      { at: number; costUsd: number | null } | undefined;
    // Ten thousand newer ones have pushed it out: its estimate stays counted.
    if (before) this.#spend(connection, new Date(before.at), usd - (before.costUsd ?? 0));
  }

  #spend(connection: Connection, at: Date, usd: number): void {
    if (usd !== 0) this.#on(connection, SPEND).run({ month: monthOf(at), usd });
  }

  #spent(connection: Connection, month: string): number {
    const row = this.#on(connection, SPENT).get(month) as { usd: number } | undefined;
    return row?.usd ?? 0;
  }

  #on(connection: Connection, sql: string) {
    return this.#prepared.on(connection, sql);
  }

  async #write<T>(write: (connection: Connection) => T): Promise<T> {
    const attempt = () =>
      retryWhileBusy(() =>
        withConnection(this.#db, (connection) => writeOn(connection, () => write(connection))),
      );
    try {
      return await attempt();
    } catch (error) {
      const problem = databaseFailure('noting what is sent', error);
      if (this.#inMemory || problem.kind === 'cacheBusy' || problem.kind === 'internal') {
        throw problem;
      }
      this.#deps.onProblem(problem);
      await this.#goOnInMemory();
      return attempt();
    }
  }

  /** A full or lost disk must not take the limit away: it counts on from what was spent. */
  async #goOnInMemory(): Promise<void> {
    const at = this.#deps.now();
    const spent = await this.spentUsd().catch(() => 0);
    const db = await openMigrated(IN_MEMORY, sendLogMigrations, { pageSize: PAGE_SIZE });
    const old = this.#db;
    this.#db = db;
    this.#inMemory = true;
    await withConnection(db, (connection) => {
      this.#spend(connection, at, spent);
    });
    await old.destroy();
  }
}

function monthOf(date: Date): string {
  return date.toISOString().slice(0, 7);
}
