import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { IndexReport } from '../../server/protocol/index-report.ts';
import { never, testAccess, until, workspaceFolder } from './test-access.ts';

describe('indexing and searching', () => {
  it('indexes the workspace on the first search and shows the status bar item', async () => {
    const { indexing, stats, status, use } = await testAccess();
    const picker = vscode.commands.executeCommand('embeddingCache.search');
    const ready = await until('an indexed workspace', () => {
      const workspace = stats.latest?.workspace;
      return workspace?.kind === 'ready' && !indexing.running ? workspace : null;
    });
    assert.ok(ready.files > 5, `${ready.files} files`);
    assert.equal(use.used, true);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await picker;
    await until('entries in the status bar', () =>
      /^\$\(database\) (\d+% · )?[\d.]+k?$/.test(status.text) ? true : null,
    );
  });

  it('embeds nothing the second time', async () => {
    await testAccess();
    const report = await vscode.commands.executeCommand<IndexReport>(
      'embeddingCache.indexWorkspace',
    );
    assert.ok(report.chunks.total > 0);
    assert.equal(report.chunks.misses, 0);
    assert.equal(report.provider.requests, 0);
  });

  it('finds a function by a description that shares no word with it', async () => {
    const { api } = await testAccess();
    const params = { query: 'wait longer after each failure', limit: 5 };
    const { hits } = await api.request('embeddingCache/search', params, never);
    assert.equal(hits[0]?.path, 'src/net/retry.ts');
    assert.equal(vscode.Uri.parse(hits[0].uri).scheme, 'file');
  });

  it('finds what was just saved, and no longer what was deleted', async () => {
    const { api } = await testAccess();
    const file = vscode.Uri.joinPath(workspaceFolder(), 'src/zebra.ts');
    const text =
      'export function countZebraStripes(zebra: { stripes: number }) {\n  return 7;\n}\n';
    const search = async (): Promise<boolean> => {
      const params = { query: 'count zebra stripes', limit: 50 };
      const { hits } = await api.request('embeddingCache/search', params, never);
      return hits.some(({ path }) => path === 'src/zebra.ts');
    };
    assert.equal(await search(), false);
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
    await until('the new file among the hits', async () => ((await search()) ? true : null));
    await vscode.workspace.fs.delete(file);
    await until('the deleted file gone', async () => ((await search()) ? null : true));
  });

  it('ends a run when asked, and says so to nobody', async () => {
    const { indexing } = await testAccess();
    const run = vscode.commands.executeCommand('embeddingCache.indexWorkspace');
    await vscode.commands.executeCommand('embeddingCache.cancelIndexing');
    await run;
    assert.equal(indexing.running, false);
  });
});
