import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../../../../server/src/core/errors.ts';
import type { LocalModel } from '../../../../server/src/core/providers/transformers/local-model.ts';
import { ModelHost } from '../../../../server/src/core/providers/transformers/model-host.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

const never = new AbortController().signal;
const question = { kind: 'fits', texts: ['a'], prefix: '' } as const;
const setup = { runtime: '/none', model: {} as LocalModel, digest: '', threads: 1 };

let home: string;
let script: string;
let starts: number;
let host: ModelHost;
beforeEach(() => {
  home = tempDirectory();
  script = path.join(home, 'process.mjs');
  starts = 0;
});
afterEach(() => host.close());

/** A process that does this with each question, and says `pid` when it answers. */
function hostOf(onAsk: string, options: { silenceMs?: number; idleMs?: number } = {}): ModelHost {
  writeFileSync(
    script,
    `import fs from 'node:fs';
     process.on('disconnect', () => process.exit());
     process.on('message', ({ kind, id }) => { if (kind === 'ask') { ${onAsk} } });
     const answer = (id) => process.send({ kind: 'done', id, result: [process.pid] });`,
  );
  host = new ModelHost({ script, setup: async () => (starts++, setup), ...options });
  return host;
}

const ask = async (): Promise<number> => Number(await host.ask(question, never));

describe('ModelHost', () => {
  it('starts one process for all questions, none before the first', async () => {
    hostOf('answer(id)');
    expect(starts).toBe(0);
    const pids = await Promise.all([ask(), ask(), ask()]);
    expect(new Set([...pids, await ask()]).size).toBe(1);
    expect(starts).toBe(1);
  });

  it('asks a process that ended once more, then says how it ended', async () => {
    hostOf('process.kill(process.pid, "SIGKILL")');
    await expect(ask()).rejects.toMatchObject({
      kind: 'modelUnusable',
      message: expect.stringMatching(/ended \(SIGKILL\).*memory/) as string,
    });
    expect(starts).toBe(2);
  });

  it('takes a process that says nothing for hung', async () => {
    hostOf('', { silenceMs: 100 });
    await expect(ask()).rejects.toMatchObject({ kind: 'modelUnusable' });
    expect(starts).toBe(2);
  });

  it('leaves one alone that says it gets on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const [go, said, end] = ['go', 'said', 'end'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    hostOf(
      `const on = (file, then) => { if (fs.existsSync(file)) { fs.unlinkSync(file); then(); } };
       setInterval(() => {
         on(${JSON.stringify(go)}, () => process.send({ kind: 'alive' }, () => fs.writeFileSync(${JSON.stringify(said)}, '')));
         on(${JSON.stringify(end)}, () => answer(id));
       }, 5);`,
      { silenceMs: 1000 },
    );
    const asked = ask();
    for (let times = 0; times < 3; times++) {
      writeFileSync(go, '');
      await expect.poll(() => existsSync(said), { timeout: 15_000 }).toBe(true);
      rmSync(said);
      // What it said is in the channel now; two turns of the loop take it out.
      for (let turns = 0; turns < 2; turns++) await new Promise(setImmediate);
      vi.advanceTimersByTime(900);
    }
    writeFileSync(end, '');
    await asked;
    expect(starts).toBe(1);
  });

  it('ends an idle process, and starts another when it is asked again', async () => {
    hostOf('answer(id)', { idleMs: 1 });
    const first = await ask();
    await expect.poll(() => isAlive(first), { timeout: 15_000 }).toBe(false);
    expect(await ask()).not.toBe(first);
  });

  it('stops waiting when its signal fires, and tells the process', async () => {
    const told = path.join(home, 'told');
    hostOf(`} else if (kind === 'cancel') { fs.writeFileSync(${JSON.stringify(told)}, String(id))`);
    const aborting = new AbortController();
    const asked = host.ask(question, aborting.signal);
    const other = host.ask(question, never).catch(() => undefined);
    aborting.abort();
    await expect(asked).rejects.toHaveProperty('name', 'AbortError');
    await expect.poll(() => existsSync(told), { timeout: 15_000 }).toBe(true);
    await host.close();
    await other;
  });

  it('asks for what it needs at each start, so that it may be installed meanwhile', async () => {
    hostOf('answer(id)');
    let installed = false;
    const missing = new Failure('notInstalled', 'not yet');
    host = new ModelHost({
      script,
      setup: async () => {
        if (!installed) throw missing;
        return setup;
      },
    });
    await expect(ask()).rejects.toBe(missing);
    installed = true;
    expect(await ask()).toBeGreaterThan(0);
  });

  it('rejects what waits when it is closed, and what comes after', async () => {
    hostOf('');
    const asked = expect(ask()).rejects.toMatchObject({ kind: 'modelUnusable' });
    await host.close();
    await asked;
    await expect(ask()).rejects.toMatchObject({ kind: 'modelUnusable' });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is no such process.
    return false;
  }
}
