import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { linkRuntime, whyNoRuntime } from '../support/local-models.ts';
import { named } from '../support/faults/tools.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { hungryOnnxFile } from '../support/tiny-model/onnx-file.ts';
import { writeTinyModel } from '../support/tiny-model/tiny-model.ts';

const onLinux = process.platform === 'linux';
let model: string;
let directory: string;
let server: LanguageServer;
beforeEach(async () => {
  model = path.join(tempDirectory(), 'tiny');
  directory = path.join(tempDirectory(), 'cache');
  linkRuntime(directory);
  writeTinyModel(model);
});
afterEach(async () => {
  expect(await server.stop()).toBe(0);
});

async function start(): Promise<void> {
  server = await LanguageServer.start({
    settings: settingsOf({ directory, provider: { kind: 'transformers', modelFolder: model } }),
    folders: [],
  });
}

const embed = (...texts: string[]) => server.request('embeddingCache/embed', { texts });

const failing = (what: string) => ({
  data: { kind: 'modelUnusable', provider: 'transformers' },
  message: expect.stringMatching(what) as string,
});

/** Answers as if nothing had been: vectors that were stored before are hits. */
async function expectAlive(texts: readonly string[] = []): Promise<void> {
  expect(server.process.exitCode).toBeNull();
  const { outcomes } = await embed(...texts, 'red apple');
  expect(outcomes.map(({ kind }) => kind)).toEqual([...texts.map(() => 'hit'), 'miss']);
}

/** Process ids of the server's children. */
async function children(): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = statOf(pid);
    if (stat !== null && Number(stat[1]) === server.process.pid && stat[0] !== 'Z') {
      found.push(Number(pid));
    }
  }
  return found;
}

/** State and parent of a process; null for one that has gone. */
function statOf(pid: string): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    // It ended between being listed and being looked at.
    return null;
  }
}

async function killNext(known: readonly number[]): Promise<number> {
  for (;;) {
    const fresh = (await children()).find((pid) => !known.includes(pid));
    if (fresh !== undefined) {
      process.kill(fresh, 'SIGKILL');
      return fresh;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Enough work for the process to be there when it is looked for. */
const LONG = Array.from({ length: 32 }, (_, i) => `${i} ${'a b c d '.repeat(3000)}`);

describe.skipIf(whyNoRuntime)(named('B22: a local model', whyNoRuntime), () => {
  it('that is missing fails with its name, until it is put there', async () => {
    const onnx = path.join(model, 'onnx/model.onnx');
    const bytes = readFileSync(onnx);
    await start();
    renameSync(onnx, `${onnx}.away`);
    await expect(embed('red')).rejects.toMatchObject(failing('no ONNX file'));
    writeFileSync(onnx, bytes);
    await expectAlive();
  });

  it.each([
    ['onnx/model.onnx', 0],
    ['onnx/model.onnx', 700],
    ['tokenizer.json', 100],
    ['config.json', 20],
  ])('of which %s is cut to %i bytes fails in its own process', async (file, length) => {
    const whole = readFileSync(path.join(model, file));
    truncateSync(path.join(model, file), length);
    await start();
    await expect(embed('red')).rejects.toMatchObject(failing('damaged'));
    writeFileSync(path.join(model, file), whole);
    await server.kill();
    await start();
    await expectAlive();
  });

  it('that needs more memory than there is says so, and what was stored stays', async () => {
    await start();
    const { outcomes } = await embed('green');
    expect(outcomes[0]?.kind).toBe('miss');
    writeFileSync(path.join(model, 'onnx/model.onnx'), hungryOnnxFile());
    await server.kill();
    await start();
    await expect(embed('red')).rejects.toMatchObject(failing('more memory than there is'));
    writeTinyModel(model);
    await server.kill();
    await start();
    await expectAlive(['green']);
  });

  it.runIf(onLinux)('whose process is killed once answers all the same', async () => {
    await start();
    const asked = embed(...LONG);
    await killNext([]);
    const { outcomes } = await asked;
    expect(outcomes.every(({ kind }) => kind === 'miss')).toBe(true);
    await expectAlive();
  });

  it.runIf(onLinux)('whose process is killed again and again gives up, and only it', async () => {
    await start();
    await embed('green');
    // A new server, so that the process to be killed is the one that is started for this.
    await server.kill();
    await start();
    const asked = expect(embed(...LONG)).rejects.toMatchObject(
      failing('ended \\(SIGKILL\\).*more memory'),
    );
    const known = [await killNext([])];
    await killNext(known);
    await asked;
    await expectAlive(['green']);
  });

  it.runIf(onLinux)('leaves no process behind when the server is killed', async () => {
    await start();
    await embed('green');
    const [pid] = await children();
    await server.kill();
    await expect.poll(() => statOf(String(pid))?.[0] ?? 'Z', { timeout: 30_000 }).toBe('Z');
    await start();
  });
});
