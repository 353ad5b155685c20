import type { Connection } from '../cache/database.ts';
import type { Salvaged } from '../cache/recovery.ts';
import { rowsOfFiles } from '../cache/salvage/table-rows.ts';
import type { StoredValue } from '../cache/salvage/record.ts';
import { amountIn, textIn } from './stored-rows.ts';
import { COUNTERS, NO_USAGE, usageOf, type DaysUsage } from './usage.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Bytes. */
const LONGEST_ROW = 500;

/**
 * Reads every row of damaged counters. Counters only grow: of several states of a row, some from an
 * older page of the log, the highest counts.
 */
export async function salvageUsage(
  damaged: readonly string[],
  pageSize: number,
  write: (connection: Connection, rows: Iterable<DaysUsage>) => void,
): Promise<Salvaged> {
  const rows = new Map<string, DaysUsage>();
  let highestId = 0;
  for await (const { id, values } of rowsOfFiles(damaged, pageSize, LONGEST_ROW)) {
    const row = rowOf(values);
    if (!row) continue;
    highestId = Math.max(highestId, id);
    const name = `${row.space} ${row.day}`;
    const before = rows.get(name)?.usage ?? NO_USAGE;
    const usage = usageOf((counter) => Math.max(before[counter], row.usage[counter]));
    rows.set(name, { ...row, usage });
  }
  return {
    recovery: { recovered: rows.size, total: Math.max(rows.size, highestId) },
    finish: (connection) => {
      write(connection, rows.values());
    },
  };
}

function rowOf([space, day, ...counters]: readonly StoredValue[]): DaysUsage | null {
  const [spaceId, date] = [textIn(space, 100), textIn(day, 10)];
  const amounts = counters.map((counter) => amountIn(counter));
  if (spaceId === null || date === null || !DAY.test(date)) return null;
  if (amounts.length !== COUNTERS.length || amounts.includes(null)) return null;
  const usage = usageOf((counter) => amounts[COUNTERS.indexOf(counter)]!);
  return { space: spaceId, day: date, usage };
}
