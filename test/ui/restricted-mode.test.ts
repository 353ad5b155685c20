import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe('a workspace whose authors are not trusted', () => {
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    // A remote model is configured: nothing may go there from a folder that is not trusted.
    vscode = await openVSCode({
      trust: false,
      settings: { 'embeddingCache.provider': 'openai' },
    });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
  });
  shotWhenFailed(() => vscode);

  it('is searched with the built-in model, by the keyboard alone', async () => {
    await workbench.restrictedBadge.waitFor();
    await workbench.openQuickInput('Control+K', 'Control+E');
    await workbench.page.keyboard.type('check a login secret');
    await workbench.quickPickRows.first().filter({ hasText: 'src/auth/password.ts' }).waitFor();
    await workbench.shot('restricted-search');
    await workbench.page.keyboard.press('Escape');
  });

  it('says in the status bar what trust would add', async () => {
    await expect
      .poll(() => workbench.statusLabel())
      .toContain('trust this folder to use remote models');
    await workbench.status.locator('.codicon-shield').waitFor();
    await workbench.shot('restricted-status');
  });

  it('drops the restriction when trust is granted, without a reload', async () => {
    await workbench.restrictedBadge.click();
    await workbench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .click();
    await workbench.restrictedBadge.waitFor({ state: 'detached' });
    await workbench.status.locator('.codicon-shield').waitFor({ state: 'detached' });
  });
});
