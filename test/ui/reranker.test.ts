import { afterAll, beforeAll, describe, it } from 'vitest';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

const DESCRIPTION = 'exponential delay between repeated requests';
const NOTE = /Not reranked.*Allow….*Nothing was sent to api.cohere.com/s;

describe('a reranker that was not allowed yet', () => {
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    vscode = await openVSCode({
      trust: true,
      settings: { 'embeddingCache.search.reranker': 'cohere', 'embeddingCache.search.limit': 3 },
    });
    workbench = vscode.workbench;
  });
  afterAll(() => vscode.close());
  shotWhenFailed(() => vscode);

  it('is asked about before the first search, and the search goes on without it', async () => {
    await workbench.run('Embedding Cache: Search Workspace');
    const dialog = workbench.dialog('Send code from “shop” to api.cohere.com?');
    await dialog.getByText(/code of its 50 best hits would be sent to Cohere/).waitFor();
    await workbench.shot('reranker-consent');
    await dialog.getByRole('button', { name: 'Search without Reranking' }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.quickInputBox.fill(DESCRIPTION);
    const rows = workbench.quickPickRows;
    await rows.first().filter({ hasText: 'src/net/retry.ts' }).waitFor();
    await rows.last().filter({ hasText: NOTE }).waitFor();
    await workbench.shot('not-reranked');
    await workbench.page.keyboard.press('Escape');
  });

  it('is not asked about again unbidden, but by the note behind the hits', async () => {
    await workbench.run('Embedding Cache: Search Workspace');
    await workbench.quickInputBox.fill(DESCRIPTION);
    const note = workbench.quickPickRows.last().filter({ hasText: NOTE });
    await note.waitFor();
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('Enter');
    const dialog = workbench.dialog('Send code from “shop” to api.cohere.com?');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    // Allowed: from now on a search is sent when Enter is pressed, and not before.
    await workbench.quickInputBox.fill(DESCRIPTION);
    await workbench.quickPickRows
      .filter({ hasText: 'Enter sends the words to https://api.cohere.com' })
      .waitFor();
    await workbench.page.keyboard.press('Escape');
  });
});
