import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../server/src/core/errors.ts';
import { openLedger } from '../../../server/src/core/usage/ledger.ts';
import { NO_USAGE, type Usage } from '../../../server/src/core/usage/usage.ts';
import { DAMAGES, scribbleOver } from '../../support/damage.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

async function open(file: string) {
  const clock = { now: new Date('2026-01-31T23:59:59Z') };
  const failures: unknown[] = [];
  const problems: Failure[] = [];
  const ledger = await openLedger(file, {
    now: () => clock.now,
    onProblem: (problem) => problems.push(problem),
    onWriteFailed: (error) => failures.push(error),
  });
  return { ledger, clock, failures, problems };
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
    raw.exec(`CREATE TRIGGER never BEFORE INSERT ON usage BEGIN SELECT RAISE(FAIL, 'no'); END`);
    ledger.record('a', usage({ hits: 7 }));
    clock.now = new Date('2026-02-01T12:00:00Z');
    await expect(ledger.flush()).rejects.toThrow(/usage counters/);
    raw.exec('DROP TRIGGER never');
    raw.close();
    expect(await ledger.byDay()).toEqual([
      { day: '2026-01-31', space: 'a', usage: usage({ hits: 7 }) },
    ]);
    await ledger.close();
  });
});

describe('damaged counters', () => {
  const DAYS = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
  const perDay = usage({ hits: 2, misses: 3, requests: 1, tokens: 400, costUsd: 0.5 });

  async function filled() {
    const file = path.join(tempDirectory(), 'usage.db');
    const { ledger, clock } = await open(file);
    for (const day of DAYS) {
      clock.now = day;
      ledger.record('0123456789abcdef', perDay);
      ledger.record('fedcba9876543210', usage({ hits: 1 }));
      await ledger.flush();
    }
    const before = await ledger.byDay();
    await ledger.close();
    return { file, before };
  }

  it.each(DAMAGES)(
    '%s: the days that are left are recovered, and told once',
    async (kind, edit) => {
      const { file, before } = await filled();
      const damaged = edit(readFileSync(file), 4096);
      writeFileSync(file, damaged);
      const { ledger, problems } = await open(file);
      const days = await ledger.byDay();
      for (const day of days) expect(before).toContainEqual(day);
      if (kind === 'the header' || kind === 'the page of the schema') expect(days).toEqual(before);
      if (kind !== 'everything') expect(days.length).toBeGreaterThan(60);
      const recovery = { recovered: days.length, total: expect.any(Number) as number };
      expect(problems).toMatchObject([{ kind: 'damagedCache', recovery }]);
      expect(readFileSync(file).equals(damaged)).toBe(true);

      ledger.record('0123456789abcdef', usage({ hits: 1000 }));
      await ledger.close();
      const later = await open(file);
      const { hits } = await later.ledger.since('');
      expect(hits).toBe(1000 + days.reduce((sum, day) => sum + day.usage.hits, 0));
      expect(later.problems).toEqual([]);
      await later.ledger.close();
    },
  );

  it('are found while they are open, and what was counted since is kept', async () => {
    const { file, before } = await filled();
    const { ledger, clock, problems, failures } = await open(file);
    clock.now = new Date('2027-01-01T00:00:00Z');
    await ledger.since('');
    scribbleOver(file, 4096);
    ledger.record('0123456789abcdef', usage({ hits: 1000 }));
    const days = await ledger.byDay();
    const [today, ...others] = days;
    expect(today?.usage).toEqual(usage({ hits: 1000 }));
    expect(others.length).toBeGreaterThan(60);
    for (const day of others) expect(before).toContainEqual(day);
    expect(problems.map(({ kind }) => kind)).toEqual(['damagedCache']);
    expect(failures).toEqual([]);
    await ledger.close();
  });

  it('are counted once by processes that recover them at once', async () => {
    const { file, before } = await filled();
    writeFileSync(file, readFileSync(file).fill('x', 0, 100));
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(file)));
    for (const { ledger } of opened) expect(await ledger.byDay()).toEqual(before);
    expect(opened.flatMap(({ problems }) => problems)).toHaveLength(1);
    for (const { ledger } of opened) await ledger.close();
  });
});
