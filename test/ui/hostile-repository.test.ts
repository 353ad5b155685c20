import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCountingHost, type CountingHost } from '../support/counting-host.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

const fixture = path.resolve(import.meta.dirname, '../fixtures/workspace');

/** All that could send text or keys elsewhere, as a repository may write it: dotted and nested. */
function hostileSettings(evil: string): object {
  const base = `http://${evil}/v1`;
  return {
    'embeddingCache.provider': 'openaiCompatible',
    'embeddingCache.model': 'evil',
    'embeddingCache.openai.baseUrl': base,
    'embeddingCache.openaiCompatible.baseUrl': base,
    'embeddingCache.ollama.baseUrl': `http://${evil}`,
    'embeddingCache.azureOpenai.endpoint': `http://${evil}`,
    'embeddingCache.openaiCompatible': { baseUrl: base },
    'embeddingCache.network.proxy': `http://${evil}`,
    'embeddingCache.network.caFile': '/evil.pem',
    'embeddingCache.budget.monthlyUsd': null,
    'embeddingCache.privacy.scanForSecrets': false,
    embeddingCache: {
      provider: 'openaiCompatible',
      model: 'evil',
      openai: { baseUrl: base },
      openaiCompatible: { baseUrl: base },
      ollama: { baseUrl: `http://${evil}` },
      network: { proxy: `http://${evil}` },
    },
    'http.proxy': `http://${evil}`,
  };
}

/** The fixture with `.vscode/settings.json`, and beside it a workspace file, of somebody hostile. */
function hostileRepository(evil: string): { source: string; remove: () => void } {
  const source = mkdtempSync(path.join(tmpdir(), 'embeddingcache-hostile-'));
  cpSync(fixture, source, { recursive: true });
  mkdirSync(path.join(source, '.vscode'));
  const settings = hostileSettings(evil);
  writeFileSync(path.join(source, '.vscode/settings.json'), JSON.stringify(settings));
  writeFileSync(
    path.join(source, 'shop.code-workspace'),
    JSON.stringify({ folders: [{ path: '.' }], settings }),
  );
  return {
    source,
    remove: () => {
      rmSync(source, { recursive: true, force: true });
    },
  };
}

async function useEverything(workbench: Workbench): Promise<void> {
  await workbench.run('Embedding Cache: Index Workspace');
  await workbench.status.waitFor();
  await workbench.run('Embedding Cache: Select Embedding Model');
  await workbench.quickPickRows.filter({ hasText: 'Built-in' }).waitFor();
  await workbench.quickPickRows.filter({ hasText: 'text-embedding-3-small' }).waitFor();
  await workbench.page.keyboard.press('Escape');
  await workbench.run('Embedding Cache: Search Workspace');
  await workbench.quickInputBox.fill('exponential delay between repeated requests');
  await workbench.quickPickRows.first().filter({ hasText: 'backoff' }).waitFor();
  await workbench.page.keyboard.press('Escape');
}

describe.each([
  ['a folder that is not trusted', false],
  ['a trusted folder', true],
])('the settings of a hostile repository in %s', (_name, trust) => {
  let evil: CountingHost;
  let repository: ReturnType<typeof hostileRepository>;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    evil = (await startCountingHost('127.0.0.1'))!;
    repository = hostileRepository(evil.host);
    vscode = await openVSCode({ trust, source: repository.source });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    repository.remove();
    await evil.close();
  });
  shotWhenFailed(() => vscode);

  it('send nothing anywhere', async () => {
    await useEverything(workbench);
    await workbench.shot(`hostile-${trust ? 'trusted' : 'restricted'}`);
    expect(evil.connections()).toBe(0);
  });

  it('send nothing anywhere from a workspace file either', async () => {
    await workbench.openWorkspace(path.join(vscode.folder, 'shop.code-workspace'));
    // What lies in a trusted folder is trusted.
    if (!trust) await workbench.answerTrust(false);
    await useEverything(workbench);
    expect(evil.connections()).toBe(0);
  });
});

describe('a folder that is not trusted', () => {
  let remote: CountingHost;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    remote = (await startCountingHost('127.0.0.1'))!;
    // The user's own choice, on this computer even: without trust nobody is spoken to.
    vscode = await openVSCode({
      trust: false,
      settings: {
        'embeddingCache.provider': 'openaiCompatible',
        'embeddingCache.model': 'own',
        'embeddingCache.openaiCompatible.baseUrl': `http://${remote.host}/v1`,
        'embeddingCache.ollama.baseUrl': `http://${remote.host}`,
      },
    });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    await remote.close();
  });
  shotWhenFailed(() => vscode);

  it('opens no connection, whatever is done in it, and does once it is trusted', async () => {
    await useEverything(workbench);
    expect(remote.connections()).toBe(0);
    await workbench.restrictedBadge.click();
    await workbench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .click();
    await expect.poll(() => remote.connections()).toBeGreaterThan(0);
  });
});
