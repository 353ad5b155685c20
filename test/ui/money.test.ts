import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe('what indexing costs', () => {
  let server: OpenAiServer;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    server = await startOpenAiServer();
    vscode = await openVSCode({
      trust: true,
      settings: {
        'embeddingCache.provider': 'openai',
        'embeddingCache.openai.baseUrl': server.baseUrl,
        'embeddingCache.budget.confirmAboveUsd': 0.000_001,
        'embeddingCache.budget.monthlyUsd': 2,
      },
    });
    workbench = vscode.workbench;
    await workbench.run('Embedding Cache: Set API Key');
    await workbench.enterApiKey('sk-money-0123456789', server.origin);
  });
  afterAll(async () => {
    await vscode.close();
    await server.close();
  });
  shotWhenFailed(() => vscode);

  it('is told before anything is sent', async () => {
    await workbench.run('Embedding Cache: Preview Indexing Cost');
    await workbench
      .notification(/chunks from \d+ files .* would be sent\. .* This month: \$0\.00 of \$2\.00\./)
      .waitFor();
    await workbench.shot('preview-cost');
    await workbench.run('Notifications: Clear All Notifications');
    expect(server.requests).toEqual([]);
  });

  it('is asked about when it is dear', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    const dialog = workbench.dialog(/Index \d+ new chunks for about \$0\.\d+\?/);
    await dialog.waitFor();
    await dialog
      .getByText(/tokens to 127\.0\.0\.1:\d+\. This month: \$0\.00 of \$2\.00\./)
      .waitFor();
    await workbench.shot('confirm-cost');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(server.requests).toEqual([]);
  });

  it('stops at the month’s limit: the status bar says so, and search goes on with words', async () => {
    // The provider bills 100 million tokens for one selection: the two dollars are gone.
    server.script({ kind: 'bill', tokens: 1e8 });
    await workbench.openFile('src/cart/total.ts', 12);
    await workbench.page.keyboard.press('Shift+ArrowDown');
    await workbench.run('Embedding Cache: Embed Selection');
    await workbench.quickInput.locator('.quick-input-title').filter({ hasText: 'miss' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    const sent = server.requests.length;

    await workbench.run('Embedding Cache: Index Workspace');
    await workbench.page.getByRole('button', { name: 'Index', exact: true }).click();
    await workbench
      .notification('This month’s $2.00 is used. Search continues on cached chunks.')
      .waitFor();
    await workbench.status.filter({ hasText: 'Limit' }).waitFor();
    await workbench.status.locator('.codicon-credit-card').waitFor();
    await workbench.shot('limit');
    expect(server.requests).toHaveLength(sent);
  });

  it('goes on where it stopped when the limit is raised, without asking again', async () => {
    await workbench
      .notification('This month’s $2.00 is used.')
      .getByRole('button', { name: 'Change Limit' })
      .click();
    const field = workbench.page.locator('.settings-editor .setting-item-control input').first();
    await field.fill('50');
    await workbench.status.filter({ hasText: 'Limit' }).waitFor({ state: 'detached' });
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
    await expect.poll(() => server.asked.length).toBeGreaterThan(15);
    await workbench.shot('limit-raised');
  });

  it('is listed afterwards: which file’s text went where and when, at what price', async () => {
    await workbench.run('Embedding Cache: Show What Was Sent');
    await workbench.tab('sent').waitFor();
    const lines = workbench.page.locator('.view-lines');
    await lines
      .getByText(/127\.0\.0\.1:\d+\s+\d+\stexts\s·\s[\d,]+\stokens\s·\s\$0\.\d+/)
      .first()
      .waitFor();
    await lines.getByText('src/net/retry.ts').first().waitFor();
    await workbench.shot('sent');
  });
});
