import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../server/src/core/usage/ledger.ts';
import { NO_USAGE, type Usage } from '../../../server/src/core/usage/usage.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

async function open(file: string) {
  const clock = { now: new Date('2026-01-31T23:59:59Z') };
  const failures: unknown[] = [];
  const ledger = await openLedger(file, {
    now: () => clock.now,
    onWriteFailed: (error) => failures.push(error),
  });
  return { ledger, clock, failures };
}

const usage = (changes: Partial<Usage>): Usage => ({ ...NO_USAGE, ...changes });

describe('the ledger', () => {
  it('counts per space and day (UTC), over all processes', async () => {
    const file = path.join(tempDirectory(), 'usage.db');
    const [one, other] = [await open(file), await open(file)];
    one.ledger.record('a', usage({ hits: 1, savedUsd: 0.5 }));
    one.ledger.record('b', usage({ misses: 2, tokens: 30, costUsd: 0.25, requests: 1 }));
    other.ledger.record('a', usage({ hits: 3, savedUsd: 0.25 }));
    await one.ledger.flush();
    one.clock.now = new Date('2026-02-01T00:00:00Z');
    one.ledger.record('a', usage({ hits: 5 }));
    await other.ledger.flush();

    expect(await one.ledger.byDay()).toEqual([
      { day: '2026-02-01', space: 'a', usage: usage({ hits: 5 }) },
      { day: '2026-01-31', space: 'a', usage: usage({ hits: 4, savedUsd: 0.75 }) },
      {
        day: '2026-01-31',
        space: 'b',
        usage: usage({ misses: 2, tokens: 30, costUsd: 0.25, requests: 1 }),
      },
    ]);
    expect(await other.ledger.since('2026-02-01')).toEqual(usage({ hits: 5 }));
    expect(await other.ledger.since('')).toMatchObject({ hits: 9, misses: 2, savedUsd: 0.75 });
    await one.ledger.close();
    await other.ledger.close();
  });

  it('keeps what it could not write, for the day it happened', async () => {
    const file = path.join(tempDirectory(), 'usage.db');
    const { ledger, clock } = await open(file);
    const raw = new BetterSqlite3(file);
    raw.exec('ALTER TABLE usage RENAME TO away');
    ledger.record('a', usage({ hits: 7 }));
    clock.now = new Date('2026-02-01T12:00:00Z');
    await expect(ledger.flush()).rejects.toThrow(/usage counters/);
    raw.exec('ALTER TABLE away RENAME TO usage');
    raw.close();
    expect(await ledger.byDay()).toEqual([
      { day: '2026-01-31', space: 'a', usage: usage({ hits: 7 }) },
    ]);
    await ledger.close();
  });
});
