import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { never, testAccess, until, workspaceFolder } from './test-access.ts';

describe('embedding code', () => {
  it('misses once and then hits, with the same key', async () => {
    const { api, stats } = await testAccess();
    const texts = [`const oneOff = ${Math.random()};`];
    const before = await stats.refresh(never);
    const first = await api.request('embeddingCache/embed', { texts }, never);
    const second = await api.request('embeddingCache/embed', { texts }, never);
    assert.equal(first.outcomes[0]?.kind, 'miss');
    assert.equal(second.outcomes[0]?.kind, 'hit');
    assert.equal(first.outcomes[0].key, second.outcomes[0].key);
    assert.equal(first.dimensions, 256);

    await until('statistics that count both', () => {
      const now = stats.latest?.usage;
      const counted =
        now !== undefined && now.hits > before.usage.hits && now.misses === before.usage.misses + 1;
      return counted ? true : null;
    });
  });

  it('copies the vector of the selection', async () => {
    await testAccess();
    const file = vscode.Uri.joinPath(workspaceFolder(), 'src/net/retry.ts');
    const editor = await vscode.window.showTextDocument(file);
    editor.selection = new vscode.Selection(4, 0, 8, 0);
    await vscode.commands.executeCommand('embeddingCache.copyVector');
    const vector = JSON.parse(await vscode.env.clipboard.readText()) as number[];
    assert.equal(vector.length, 256);
    assert.ok(vector.every(Number.isFinite));
  });

  it('takes the function around the cursor where nothing is selected', async () => {
    const { api } = await testAccess();
    const file = vscode.Uri.joinPath(workspaceFolder(), 'src/net/retry.ts');
    const editor = await vscode.window.showTextDocument(file);
    const lines = editor.document.getText().split('\n');
    const line = lines.findIndex((text) => text.includes('Math.round'));
    const start = lines.findIndex((text) => text.includes('function backoff'));
    const symbols = vscode.languages.registerDocumentSymbolProvider('typescript', {
      provideDocumentSymbols: () => [backoffSymbol(start, line + 1)],
    });
    editor.selection = new vscode.Selection(line, 4, line, 4);
    try {
      await vscode.commands.executeCommand('embeddingCache.copyVector');
    } finally {
      symbols.dispose();
    }
    const copied = JSON.parse(await vscode.env.clipboard.readText()) as number[];

    const whole = lines.slice(start, line + 2).join('\n');
    const params = { texts: [whole], includeVectors: true };
    const { outcomes } = await api.request('embeddingCache/embed', params, never);
    assert.equal(outcomes[0]?.kind, 'hit');
    assert.deepEqual(outcomes[0].vector, copied);
  });
});

/** As a language server gives it: a function, with a variable inside. */
function backoffSymbol(start: number, end: number): vscode.DocumentSymbol {
  const { Function, Variable } = vscode.SymbolKind;
  const range = new vscode.Range(start, 0, end, 1);
  const inner = new vscode.Range(start + 1, 2, end - 1, 50);
  const symbol = new vscode.DocumentSymbol('backoff', '', Function, range, range);
  symbol.children = [new vscode.DocumentSymbol('ceiling', '', Variable, inner, inner)];
  return symbol;
}
