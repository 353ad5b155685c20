import type { Knex } from 'knex';
import type { Connection } from '../cache/database.ts';
import { writeInSlices } from '../cache/maintenance/slices.ts';
import { Prepared } from '../cache/prepared.ts';
import type { Salvaged } from '../cache/recovery.ts';
import type { StoredValue } from '../cache/salvage/record.ts';
import { rowsOfFiles } from '../cache/salvage/table-rows.ts';
import type { Recovery } from '../errors.ts';
import { monthOf } from './month.ts';
import { amountIn, textIn } from './stored-rows.ts';

const MONTH = /^\d{4}-\d{2}$/;
/** No month costs more; a damaged number may say anything. */
const MOST_USD = 1e7;
/** Bytes: a row with two long paths. */
const LONGEST_ROW = 20_000;
const ID_GAP = 1000;

const ADD = `INSERT OR IGNORE INTO sent
  (id, at, host, provider, model, kind, texts, tokens, costUsd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD_FILE = `INSERT OR IGNORE INTO sentFile (id, sentId, folder, path, texts)
  VALUES (?, ?, ?, ?, ?)`;
const SPENT = 'INSERT INTO spent (month, usd) VALUES (?, ?)';
const SKIP_IDS = "INSERT INTO sqlite_sequence (name, seq) VALUES ('sent', ?)";
const NO_SEQUENCE = "DELETE FROM sqlite_sequence WHERE name = 'sent'";

export interface SalvageSentDeps {
  /** Bytes. */
  readonly pageSize: number;
  /** How many sendings a log holds at most. */
  readonly keptSendings: number;
  readonly now: () => Date;
  /** What this month has cost by another record, US dollars. */
  readonly spentElsewhereUsd: () => Promise<number>;
  /** Called when the month's row itself is lost, so that more may have been spent than is counted. */
  readonly onSpendingUnclear: () => void;
}

/**
 * Copies what can be read of damaged logs of what was sent. What a month has cost counts as the most
 * that any record says: its own row in any state, the sum of its sendings, and the other record.
 */
export async function salvageSent(
  damaged: readonly string[],
  into: Knex,
  { pageSize, keptSendings, now, spentElsewhereUsd, onSpendingUnclear }: SalvageSentDeps,
): Promise<Salvaged> {
  const found = new FoundRows();
  for await (const { id, values } of rowsOfFiles(damaged, pageSize, LONGEST_ROW)) {
    found.take(id, values);
  }
  await found.copyTo(into);
  const elsewhere = await spentElsewhereUsd();
  return {
    recovery: found.recovery(keptSendings),
    finish: (connection) => {
      const spent = found.spentByMonth();
      const month = monthOf(now());
      spent.set(month, Math.max(spent.get(month) ?? 0, elsewhere));
      for (const row of spent) connection.prepare(SPENT).run(...row);
      skipIds(connection, found.highestId);
      if (!found.hasMonths) onSpendingUnclear();
    },
  };
}

/** Ids given out up to this one, and some after it that could not be read, are not given out again. */
export function skipIds(connection: Connection, lastId: number): void {
  connection.prepare(NO_SEQUENCE).run();
  connection.prepare(SKIP_IDS).run(lastId + ID_GAP);
}

class FoundRows {
  readonly #sent = new Map<number, readonly StoredValue[]>();
  readonly #files = new Map<number, readonly StoredValue[]>();
  readonly #months = new Map<string, number>();

  take(id: number, values: readonly StoredValue[]): void {
    if (values.length === 9 && isSent(values)) this.#sent.set(id, values);
    else if (values.length === 5 && isFile(values)) this.#files.set(id, values);
    else if (values.length === 2) this.#takeMonth(values);
  }

  get hasMonths(): boolean {
    return this.#months.size > 0;
  }

  get highestId(): number {
    return highest(this.#sent.keys());
  }

  recovery(kept: number): Recovery {
    const recovered = this.#sent.size;
    return { recovered, total: Math.max(recovered, Math.min(this.highestId, kept)) };
  }

  async copyTo(db: Knex): Promise<void> {
    const { signal } = new AbortController();
    const prepared = new Prepared();
    const copy = (rows: ReadonlyMap<number, readonly StoredValue[]>, sql: string) =>
      writeInSlices(
        db,
        [...rows],
        (connection: Connection, [id, values]) =>
          prepared.on(connection, sql).run(id, ...values.slice(1).map(textOrNumber)),
        { signal },
      );
    await copy(this.#sent, ADD);
    await copy(this.#files, ADD_FILE);
  }

  spentByMonth(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const [, at, , , , , , , costUsd] of this.#sent.values()) {
      const month = monthOf(new Date(at as number));
      sums.set(month, (sums.get(month) ?? 0) + ((costUsd as number | null) ?? 0));
    }
    for (const [month, usd] of this.#months) sums.set(month, Math.max(sums.get(month) ?? 0, usd));
    return sums;
  }

  #takeMonth([name, amount]: readonly StoredValue[]): void {
    const [month, usd] = [textIn(name, 7), amountIn(amount, MOST_USD)];
    if (month === null || usd === null || !MONTH.test(month)) return;
    this.#months.set(month, Math.max(this.#months.get(month) ?? 0, usd));
  }
}

function isSent([id, at, ...facts]: readonly StoredValue[]): boolean {
  const [host, provider, model, kind, texts, tokens, cost] = facts;
  // Milliseconds; beyond this there is no date.
  const amounts = [amountIn(at, 8.64e15), amountIn(texts), amountIn(tokens)];
  const names = [textIn(host), textIn(provider), textIn(model), textIn(kind)];
  const isCost = cost === null || amountIn(cost, MOST_USD) !== null;
  return id === null && isCost && allKnown([...amounts, ...names]);
}

function isFile([id, sentId, folder, path, texts]: readonly StoredValue[]): boolean {
  return id === null && allKnown([amountIn(sentId), textIn(folder), textIn(path), amountIn(texts)]);
}

function allKnown(values: readonly unknown[]): boolean {
  return values.every((value) => value !== null);
}

function textOrNumber(value: StoredValue): string | number | null {
  return Buffer.isBuffer(value) ? value.toString() : value;
}

function highest(ids: Iterable<number>): number {
  let most = 0;
  for (const id of ids) most = Math.max(most, id);
  return most;
}
