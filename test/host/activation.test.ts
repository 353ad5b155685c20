import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { testAccess } from './test-access.ts';

// First in the alphabet, hence in the run: nothing has been used yet.
describe('activation', () => {
  it('starts no process and shows nothing before the first use', async () => {
    const { server, status, use } = await testAccess();
    assert.equal(use.used, false);
    assert.equal(server.state, 'stopped');
    assert.equal(server.pid, undefined);
    assert.equal(status.text, '');
  });

  it('registers every declared command, and declares every command it registers', async () => {
    await testAccess();
    const extension = vscode.extensions.getExtension('embeddingcache.embeddingcache');
    const manifest = extension?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const declared = manifest.contributes.commands.map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((id) =>
      id.startsWith('embeddingCache.'),
    );
    // VS Code makes commands of its own for views and the like: they end in these.
    const own = registered.filter((id) => !/\.(focus|open|resetViewLocation|toggle\w*)$/.test(id));
    assert.deepEqual(own.sort(), declared.sort());
  });
});
