import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe('looking after the cache, by keyboard alone', () => {
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    vscode = await openVSCode({ trust: true });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
  });
  shotWhenFailed(() => vscode);

  it('has something to look after once the workspace is indexed', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
    await workbench.status.filter({ hasText: /·\s*[1-9]/ }).waitFor();
  });

  it('Verify Cache says what was checked, and that all is good', async () => {
    await workbench.run('Embedding Cache: Verify Cache');
    await workbench.notification(/\d+ embeddings and \d+ texts checked\. All good\./).waitFor();
    await workbench.shot('verify-cache');
  });

  it('Clean Up Cache… shows what would go, and Escape leaves it all', async () => {
    await openQuestion();
    await workbench.page.keyboard.press('Escape');
    await workbench.dialog('embeddings?').waitFor({ state: 'detached' });
    await workbench.status.filter({ hasText: /·\s*[1-9]/ }).waitFor();
  });

  it('Clean Up Cache… removes what was shown, and the status bar follows', async () => {
    await openQuestion();
    await workbench.shot('clean-up-cache');
    await workbench.page.keyboard.press('Enter');
    await workbench.notification(/Removed \d+ embeddings\. Vectors and texts fill/).waitFor();
    await workbench.status.filter({ hasText: /·\s*0$/ }).waitFor();
  });

  async function openQuestion(): Promise<void> {
    await workbench.run('Embedding Cache: Clean Up Cache');
    const rows = workbench.quickPickRows;
    const other = rows.filter({ hasText: 'Not used for a month' });
    await other.waitFor();
    await workbench.page.keyboard.type('code-static');
    await other.waitFor({ state: 'detached' });
    await rows.filter({ hasText: 'code-static' }).first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.dialog(/Remove \d+ of \d+ embeddings\?/).waitFor();
    // As a person who reads it: of notifications within 0.8 s VS Code shows the first three alone.
    await workbench.page.waitForTimeout(1000);
  }
});
