import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCountingHost, type CountingHost } from '../support/counting-host.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

const KEY = 'sk-consent-0123456789abcdef';
const network = await startCountingHost();

describe.skipIf(network === null)('a remote model in a workspace never sent anywhere', () => {
  let vscode: VSCode;
  let workbench: Workbench;
  let remote: CountingHost;

  beforeAll(async () => {
    remote = network!;
    vscode = await openVSCode({
      trust: true,
      settings: {
        'embeddingCache.provider': 'openai',
        'embeddingCache.openai.baseUrl': `https://${remote.host}/v1`,
      },
    });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    await remote.close();
  });
  shotWhenFailed(() => vscode);

  it('is asked about first, with what would be sent and what it costs', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    const dialog = workbench.dialog(`Send code from “shop” to ${remote.host}?`);
    await dialog.waitFor();
    await dialog
      .getByText(/\d+ chunks from \d+ files \([\d.]+k? tokens, about \$0\.\d+\) would be sent\./)
      .waitFor();
    await dialog.getByText(/text-embedding-3-small runs at/).waitFor();
    await workbench.shot('consent');
    expect(remote.connections()).toBe(0);
  });

  it('shows the files, and asks again beside them', async () => {
    await workbench.page.getByRole('button', { name: 'Show Files' }).click();
    await workbench.tab('preview').waitFor();
    await workbench.page.locator('.view-lines').getByText('src/net/retry.ts').waitFor();
    await workbench.notification(`Send code from “shop” to ${remote.host}?`).waitFor();
    await workbench.shot('consent-files');
    expect(remote.connections()).toBe(0);
  });

  it('sends nothing to the end of a refusal', async () => {
    await workbench.notification('Send code from').hover();
    await workbench.page.keyboard.press('Escape');
    await workbench.run('Notifications: Clear All Notifications');
    await workbench.notification('Send code from').waitFor({ state: 'detached' });
    await workbench.run('Embedding Cache: Show What Was Sent');
    await workbench.page.locator('.view-lines').getByText('Nothing was sent yet.').waitFor();
    expect(remote.connections()).toBe(0);
  });

  it('sends once agreed to, and lists what may be sent where, to take it back', async () => {
    await workbench.run('Embedding Cache: Set API Key');
    await workbench.enterApiKey(KEY, `https://${remote.host}`);

    await workbench.run('Embedding Cache: Index Workspace');
    await workbench.page.getByRole('button', { name: 'Send and Index' }).click();
    await expect.poll(() => remote.connections()).toBeGreaterThan(0);
    expect(remote.received().includes(KEY)).toBe(false);

    await workbench.run('Embedding Cache: Review Sending Permissions');
    const row = workbench.quickPickRows.filter({ hasText: `https://${remote.host}` });
    await row.waitFor();
    await workbench.shot('permissions');
    await row.click();
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await workbench.run('Embedding Cache: Review Sending Permissions');
    await workbench.quickPickRows.filter({ hasText: 'Nothing may be sent' }).waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('goes on with the built-in model where the user prefers that, in this workspace', async () => {
    // The run that was agreed to may still be trying.
    await expect.poll(() => workbench.statusLabel()).not.toContain('indexing');
    const before = remote.connections();
    await workbench.run('Embedding Cache: Search Workspace');
    const dialog = workbench.dialog('Send code from');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Use Built-in Model' }).click();
    await workbench.quickInputBox.fill('exponential delay between repeated requests');
    await workbench.quickPickRows.first().filter({ hasText: 'backoff' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    expect(remote.connections()).toBe(before);
  });
});
