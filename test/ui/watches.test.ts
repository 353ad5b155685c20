import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named } from '../support/faults/tools.ts';
import { WITHOUT_WATCHES, whyNoWatchLimit } from '../support/faults/without-watches.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe.skipIf(whyNoWatchLimit !== null)(
  named('a system without file watches left', whyNoWatchLimit),
  () => {
    let vscode: VSCode;
    let workbench: Workbench;

    beforeAll(async () => {
      vscode = await openVSCode({ trust: true, under: WITHOUT_WATCHES });
      workbench = vscode.workbench;
    });
    afterAll(async () => {
      await vscode.close();
    });
    shotWhenFailed(() => vscode);

    const WORDS = 'This system has no file watches left';

    it('is told of, and what other programs write is found all the same', async () => {
      await workbench.run('Embedding Cache: Index Workspace');
      await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
      const text =
        'export function countZebraStripes(zebra: string) {\n  return zebra.length;\n}\n';
      writeFileSync(path.join(vscode.folder, 'src/zebra.ts'), text);
      await workbench.notification(WORDS).waitFor();
      await workbench.shot('no-watches');
      const first = workbench.quickPickRows.first().filter({ hasText: 'src/zebra.ts' });
      await expect
        .poll(async () => {
          await workbench.openQuickInput('Control+K', 'Control+E');
          await workbench.quickInputBox.fill('countZebraStripes');
          const found = await first.waitFor({ timeout: 3000 }).then(
            () => true,
            () => false,
          );
          await workbench.page.keyboard.press('Escape');
          await workbench.quickInput.waitFor({ state: 'hidden' });
          return found;
        })
        .toBe(true);
    });
  },
);
