import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSendLog, type Sending } from '../../../server/src/core/usage/send-log.ts';
import { DAMAGES, inFile, scribbleOver } from '../../support/damage.ts';
import { openSoundSendLog } from '../../support/sound-send-log.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const sending: Sending = {
  host: 'api.openai.com',
  provider: 'openai',
  model: 'text-embedding-3-small',
  kind: 'files',
  texts: 3,
  tokens: 1000,
  costUsd: 1,
  files: [
    { folder: '/work/shop', path: 'src/a.ts', texts: 2 },
    { folder: '/work/shop', path: 'src/b.ts', texts: 1 },
  ],
};

async function open(file = path.join(tempDirectory(), 'sent.db'), now = '2026-01-02T03:04:05Z') {
  const log = await openSoundSendLog(file, () => new Date(now));
  onTestFinished(() => log.close());
  return { log, file };
}

describe('the log of what was sent', () => {
  it('knows which file’s text went where and when, at what price, newest first', async () => {
    const { log } = await open();
    await log.begin(sending, null);
    const query = await log.begin({ ...sending, kind: 'query', files: [], costUsd: null }, null);
    await log.settle(query!, { tokens: 4, costUsd: null });
    const at = new Date('2026-01-02T03:04:05Z');
    expect(await log.entries(10)).toEqual([
      { ...sending, at, kind: 'query', files: [], tokens: 4, costUsd: null },
      { ...sending, at },
    ]);
    expect(await log.entries(1)).toHaveLength(1);
  });

  it('refuses the next sending once the limit is spent, and notes nothing of it', async () => {
    const { log } = await open();
    expect(await log.begin(sending, 2)).not.toBeNull();
    expect(await log.begin(sending, 2)).not.toBeNull();
    expect(await log.begin(sending, 2)).toBeNull();
    expect(await log.spentUsd()).toBe(2);
    expect(await log.entries(10)).toHaveLength(2);
    // Raised, it goes on.
    expect(await log.begin(sending, 3)).not.toBeNull();
  });

  it('counts the real price where the answer told it, and the estimate where none came', async () => {
    const { log, file } = await open();
    const first = await log.begin(sending, 5);
    await log.settle(first!, { tokens: 400, costUsd: 0.4 });
    await log.begin(sending, 5);
    // The process is gone before the answer: what it sent may be billed.
    const { log: next } = await open(file);
    expect(await next.spentUsd()).toBeCloseTo(1.4);
    const dropped = await next.begin(sending, 5);
    await next.drop(dropped!);
    expect(await next.spentUsd()).toBeCloseTo(1.4);
    expect(await next.entries(10)).toHaveLength(2);
  });

  it('begins a new month with nothing spent', async () => {
    const { log, file } = await open(undefined, '2026-01-31T23:59:59Z');
    await log.begin(sending, 1);
    expect(await log.begin(sending, 1)).toBeNull();
    const { log: february } = await open(file, '2026-02-01T00:00:00Z');
    expect(await february.spentUsd()).toBe(0);
    expect(await february.begin(sending, 1)).not.toBeNull();
  });

  it('lets processes at once spend the limit together once, and one sending more at most', async () => {
    const { file } = await open();
    const limit = 20;
    const children = Array.from({ length: 4 }, () =>
      fork(path.join(import.meta.dirname, '../../support/spend.ts'), [file, String(limit)]),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    for (const child of children) child.send('go');
    const spent = await Promise.all(
      children.map(async (child) => ((await once(child, 'message')) as [number])[0]),
    );
    const total = spent.reduce((sum, usd) => sum + usd, 0);
    expect(total).toBeGreaterThanOrEqual(limit);
    expect(total).toBeLessThan(limit + 0.7);
    expect(spent.filter((usd) => usd > 0).length).toBeGreaterThan(1);
  });

  it('keeps the limit and goes on in memory when the file can no longer be used', async () => {
    const { directory, file, problems, openIt } = damaged();
    const log = await openIt();
    await log.begin(sending, 2);
    // In its place lies something that is no folder.
    renameSync(directory, `${directory}.aside`);
    writeFileSync(directory, '');
    const second = await log.begin(sending, 3);
    expect(second).not.toBeNull();
    expect(problems).toEqual(['cacheUnusable']);
    expect(await log.spentUsd()).toBe(3);
    expect(await log.begin(sending, 3)).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  it('keeps the newest ten thousand sendings, in a file only the user can read', async () => {
    const { log, file } = await open();
    for (let i = 0; i < 10_030; i++)
      await log.begin({ ...sending, costUsd: null, tokens: i }, null);
    const entries = await log.entries(20_000);
    expect(entries).toHaveLength(10_000);
    expect(entries[0]?.tokens).toBe(10_029);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).length).toBeLessThan(8e6);
  });
});

function damaged() {
  const directory = path.join(tempDirectory(), 'cache');
  const file = path.join(directory, 'sent.db');
  const problems: string[] = [];
  const openIt = async (spentElsewhere = 0) => {
    const log = await openSendLog(file, {
      now: () => new Date('2026-01-02T03:04:05Z'),
      onProblem: ({ kind }) => problems.push(kind),
      spentElsewhereUsd: () => Promise.resolve(spentElsewhere),
    });
    onTestFinished(() => log.close());
    return log;
  };
  /** What a month of work leaves. */
  const fill = async () => {
    const log = await openIt();
    for (let i = 0; i < 200; i++) {
      const id = await log.begin(sending, null);
      if (i % 4 === 0) await log.settle(id!, { tokens: 500, costUsd: 0.5 });
    }
    const [spent, entries] = [await log.spentUsd(), await log.entries(1000)];
    await log.close();
    return { spent, entries };
  };
  return { directory, file, problems, openIt, fill };
}

describe('a damaged log of what was sent', () => {
  it.each(DAMAGES)('%s: the limit still holds, and it is told once', async (kind, edit) => {
    const { file, problems, openIt, fill } = damaged();
    const { spent, entries } = await fill();
    expect(spent).toBe(175);
    const bytes = edit(readFileSync(file), 4096);
    writeFileSync(file, bytes);

    // The counters of another file say less: some of what was sent was never answered.
    const log = await openIt(120);
    const isMoneyRead = kind === 'the header' || kind === 'the page of the schema';
    if (isMoneyRead) {
      expect(await log.spentUsd()).toBe(175);
      expect(await log.entries(1000)).toEqual(entries);
    } else {
      expect(await log.spentUsd()).toBeGreaterThanOrEqual(120);
    }
    expect(await log.begin(sending, 120)).toBeNull();
    const next = await log.begin(sending, null);
    expect(next).toBeGreaterThan(entries.length);
    expect(problems).toContain('damagedCache');
    expect(problems.includes('spendingUnclear')).toBe(kind === 'everything');
    expect(readFileSync(file).equals(bytes)).toBe(true);

    const told = problems.length;
    const later = await openIt();
    expect(await later.spentUsd()).toBe(await log.spentUsd());
    expect(problems).toHaveLength(told);
  });

  it('says so when the month’s own row is lost, and counts what the sendings add up to', async () => {
    const { file, problems, openIt, fill } = damaged();
    const { spent } = await fill();
    inFile(file, (raw) => {
      raw.exec('DELETE FROM spent; VACUUM');
    });
    writeFileSync(file, readFileSync(file).fill('x', 0, 100));
    const log = await openIt();
    expect(await log.spentUsd()).toBe(spent);
    expect(problems).toEqual(['spendingUnclear', 'damagedCache']);
  });

  it('is found while it is open: the limit holds, and a sending that is under way is settled', async () => {
    const { file, problems, openIt, fill } = damaged();
    const { spent } = await fill();
    const log = await openIt(spent);
    const id = await log.begin(sending, null);
    inFile(file, (raw) => raw.pragma('wal_checkpoint(TRUNCATE)'));
    scribbleOver(file, 4096);
    expect(await log.begin(sending, spent + 10)).not.toBeNull();
    expect(problems).toContain('damagedCache');
    expect(existsSync(file.replace('.db', '.g2.db'))).toBe(true);
    expect(await log.begin(sending, 120)).toBeNull();
    const before = await log.spentUsd();
    expect(before).toBeGreaterThanOrEqual(spent);
    await log.settle(id!, { tokens: 5, costUsd: 0.25 });
    expect(await log.spentUsd()).toBeLessThanOrEqual(before);
    expect(await log.spentUsd()).toBeGreaterThanOrEqual(before - 0.75);
  });
});
