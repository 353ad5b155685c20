import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesHolding, holds } from '../support/canary.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

const KEY = 'sk-canary-4f7a1c90be53d826';
const ENVIRONMENT_KEY = 'sk-canary-of-the-environment-77d1';

describe('an API key in use, with every trace on', () => {
  let server: OpenAiServer;
  let vscode: VSCode;
  let workbench: Workbench;
  const before = process.env['OPENAI_API_KEY'];

  beforeAll(async () => {
    process.env['OPENAI_API_KEY'] = ENVIRONMENT_KEY;
    server = await startOpenAiServer({ apiKey: KEY });
    vscode = await openVSCode({
      trust: true,
      settings: {
        'embeddingCache.provider': 'openai',
        'embeddingCache.openai.baseUrl': server.baseUrl,
        'embeddingCache.trace.server': 'verbose',
      },
    });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env['OPENAI_API_KEY'];
    else process.env['OPENAI_API_KEY'] = before;
    await vscode.close();
    await server.close();
  });
  shotWhenFailed(() => vscode);

  async function enterKey(key: string): Promise<void> {
    await workbench.enterApiKey(key, server.origin);
    // The next one says the same words.
    await workbench.apiKeyStored(server.origin).waitFor({ state: 'detached' });
  }

  it('is asked for where it is missing, by the words of the error and its button', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    await workbench
      .notification('OpenAI needs an API key.')
      .getByRole('button', { name: 'Set API Key' })
      .click();
    await enterKey('sk-wrong-0000000000000000');
  });

  it('is asked for again where the provider refused it', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    await workbench
      .notification('refused the API key (401).')
      .getByRole('button', { name: 'Set API Key' })
      .click();
    await workbench.shot('key-refused');
    await enterKey(KEY);
    await workbench.run('Embedding Cache: Index Workspace');
    await expect.poll(() => server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
  });

  it.skipIf(process.platform !== 'linux')('is not in the search process’s environment', () => {
    const environment = readFileSync(`/proc/${serverPid(vscode.root)}/environ`);
    expect(environment.includes('PATH=')).toBe(true);
    expect(holds(environment, KEY)).toBe(false);
    // The editor has it, and a program it starts would get it.
    expect(holds(environment, ENVIRONMENT_KEY)).toBe(false);
  });

  it('is in no file: no log, no trace, no database, no settings', async () => {
    await workbench.run('Embedding Cache: Show Log');
    expect(filesHolding(vscode.root, KEY)).toEqual([]);
    expect(filesHolding(vscode.root, ENVIRONMENT_KEY)).toEqual([]);
    // The trace was on: it holds what goes over the protocol.
    expect(filesHolding(vscode.root, 'embeddingCache/stats').length).toBeGreaterThan(0);
  });

  it.skipIf(process.platform !== 'linux')('is in nothing that a crash leaves behind', async () => {
    const pid = serverPid(vscode.root);
    process.kill(pid, 'SIGABRT');
    await expect.poll(() => serverPids(vscode.root)).not.toContain(pid);
    expect(filesHolding(vscode.root, KEY)).toEqual([]);
    const left = readdirSync(vscode.root, { recursive: true, encoding: 'utf8' });
    expect(
      left.filter((file) => /^(core|report\..*|.*\.heapsnapshot)$/.test(path.basename(file))),
    ).toEqual([]);
  });
});

function serverPid(root: string): number {
  const [pid] = serverPids(root);
  if (pid === undefined) throw new Error('the search process does not run');
  return pid;
}

/** The search processes of the extension installed below this folder. */
function serverPids(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes(root) && command.includes(path.join('dist', 'server', 'main.js'));
      } catch {
        // Gone since it was listed.
        return false;
      }
    })
    .map(Number);
}
