import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentFile } from '../../server/src/core/cache/generations.ts';
import { shardNamesIn } from '../../server/src/core/cache/shard-file.ts';
import { CoreWorld } from '../support/core-world.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe('a damaged cache file', () => {
  let home: string;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    home = mkdtempSync(path.join(realpathSync(tmpdir()), 'embeddingcache-damaged-'));
    const cacheDir = path.join(home, 'cache');
    const texts = Array.from({ length: 12 }, (_, i) => `export const value${i} = ${i};`);
    await new CoreWorld({ cacheDir }).use((core) =>
      core.embed(texts, new AbortController().signal),
    );
    const shard = currentFile(cacheDir, shardNamesIn(cacheDir)[0]!);
    writeFileSync(shard, readFileSync(shard).fill('x', 0, 100));
    vscode = await openVSCode({ trust: true, cacheDir });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  });
  shotWhenFailed(() => vscode);

  it('is told of once, with what was recovered, while search works', async () => {
    await workbench.openQuickInput('Control+K', 'Control+E');
    await workbench.page.keyboard.type('check a login secret');
    await workbench.quickPickRows.first().filter({ hasText: 'src/auth/password.ts' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    const words = 'One cache file is damaged; 12 of 12 recovered. The file was kept.';
    const notification = workbench.notification(words);
    await notification.waitFor();
    expect(await notification.count()).toBe(1);
    await workbench.shot('damaged-cache');
    await notification.getByRole('button', { name: 'Show Details' }).click();
    // The log, which names the files.
    await workbench.page
      .locator('.part.panel')
      .getByText('recovered; the file was kept')
      .first()
      .waitFor();
  });
});
