import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RowUse } from './row-use.ts';

/** Rows whose last use is older than this day. */
export function removeUnusedSince(rows: RowUse, day: number): void {
  for (let place = 0; place < rows.count; place++) {
    if (rows.days[place]! < day) rows.remove(place);
  }
}

export function removeAll(rows: RowUse): void {
  for (let place = 0; place < rows.count; place++) rows.remove(place);
}

export interface SizedRows {
  readonly rows: RowUse;
  /** What removing one row frees, on average. */
  readonly bytesPerRow: number;
}

/** Rows over all shards, least recently used first, until so many bytes are freed. */
export async function removeLeastRecent(
  shards: readonly SizedRows[],
  bytes: number,
): Promise<void> {
  let left = bytes;
  const byDay = new Map<number, { rows: RowUse; place: number; bytes: number }[]>();
  for (const { rows, bytesPerRow } of shards) {
    for (let place = 0; place < rows.count; place++) {
      if (rows.isRemoved(place)) continue;
      const day = rows.days[place]!;
      const same = byDay.get(day);
      const row = { rows, place, bytes: bytesPerRow };
      if (same) same.push(row);
      else byDay.set(day, [row]);
      if (place % 20_000 === 0) await nextTurn();
    }
  }
  for (const day of [...byDay.keys()].sort((a, b) => a - b)) {
    for (const row of byDay.get(day)!) {
      if (left <= 0) return;
      row.rows.remove(row.place);
      left -= row.bytes;
    }
  }
}
