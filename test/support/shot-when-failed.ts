import { afterEach } from 'vitest';
import type { VSCode } from './vscode.ts';

/** Keeps a picture of the window in out/shots/ for each test that fails. */
export function shotWhenFailed(vscode: () => VSCode): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await vscode().workbench.shot(`failed ${task.name.replace(/\W+/g, ' ')}`);
  });
}
