import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

const KEY = 'sk-test-0123456789abcdef';

describe('an API key', () => {
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    vscode = await openVSCode({ trust: true, settings: { 'embeddingCache.provider': 'openai' } });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
  });
  shotWhenFailed(() => vscode);

  it('is typed into a password field', async () => {
    await workbench.run('Embedding Cache: Set API Key');
    const field = workbench.quickInput.locator('input[type=password]');
    await field.waitFor();
    await workbench.quickInput.getByText('api.openai.com').first().waitFor();
    await field.fill(KEY);
    await workbench.shot('api-key');
    await workbench.enterApiKey(KEY, 'https://api.openai.com');
  });

  it('is kept over a reload, and can be removed', async () => {
    const row = workbench.quickPickRows.filter({ hasText: 'https://api.openai.com' });
    await workbench.run('Embedding Cache: Remove API Key');
    await row.waitFor();
    await workbench.page.keyboard.press('Escape');

    await workbench.open();
    await workbench.run('Embedding Cache: Remove API Key');
    await row.waitFor();
    await workbench.shot('api-key-remove');
    await row.click();
    await workbench.statusBar.getByText('Removed the key for https://api.openai.com').waitFor();
    await workbench.run('Embedding Cache: Remove API Key');
    await workbench.notification('No API key is stored').waitFor();
  });

  it('is in no file of the cache or the host', async () => {
    const root = path.dirname(vscode.cacheDir);
    const holders: string[] = [];
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      if ((await readFile(file)).includes(KEY)) holders.push(path.relative(root, file));
    }
    expect(holders).toEqual([]);
  });
});
