import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named } from '../support/faults/tools.ts';
import { linkRuntime, whyNoRuntime } from '../support/local-models.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { writeTinyModel } from '../support/tiny-model/tiny-model.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe.skipIf(whyNoRuntime)(named('a local model, by keyboard alone', whyNoRuntime), () => {
  let models: string;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    models = mkdtempSync(path.join(realpathSync(tmpdir()), 'embeddingcache-models-'));
    const folder = path.join(models, 'tiny-words');
    writeTinyModel(folder);
    const settings = { 'embeddingCache.transformers.modelFolder': folder };
    vscode = await openVSCode({ trust: true, settings });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    rmSync(models, { recursive: true, force: true });
  });
  shotWhenFailed(() => vscode);

  const row = (text: string | RegExp) => workbench.quickPickRows.filter({ hasText: text });

  async function choose(): Promise<void> {
    await workbench.run('Embedding Cache: Select Embedding Model');
    // Only the server knows this one, and so whether the model can be run.
    await row('text-embedding-3-small').waitFor();
    await workbench.page.keyboard.type('tiny-words');
    await row(/tiny-words.*local model/).waitFor();
    await workbench.page.keyboard.press('Enter');
  }

  it('is offered, and nothing is downloaded without a yes', async () => {
    await choose();
    const question = workbench.dialog('Install what runs local models?');
    await question.filter({ hasText: /about 150 MB.*No install script is run/ }).waitFor();
    await workbench.shot('install-runtime');
    await workbench.page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(existsSync(path.join(vscode.cacheDir, 'transformers'))).toBe(false);
  });

  it('indexes the workspace once it can be run, and says that it is on this computer', async () => {
    linkRuntime(vscode.cacheDir);
    await choose();
    await row(/This Workspace/).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.run('Embedding Cache: Index Workspace');
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
    await workbench.status.hover();
    await workbench.page
      .locator('.monaco-hover:visible')
      .getByText(/Model tiny-words.*on this computer/)
      .waitFor();
    await workbench.shot('local-model');
  });
});
