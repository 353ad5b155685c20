import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { never, testAccess, until } from './test-access.ts';

describe('the server process', () => {
  it('is started again after it was killed, and the request under way is answered', async () => {
    const { api, server } = await testAccess();
    await server.client();
    const before = server.pid;
    assert.ok(before !== undefined);
    const texts = Array.from({ length: 2000 }, (_, i) => `text ${i} of ${Math.random()}`);
    const answer = api.request('embeddingCache/embed', { texts }, never);
    process.kill(before, 'SIGKILL');
    const { outcomes } = await answer;
    assert.equal(outcomes.length, texts.length);
    assert.notEqual(server.pid, before);
    assert.equal(server.state, 'running');
  });

  it('is replaced by Restart Server', async () => {
    const { server } = await testAccess();
    await server.client();
    const before = server.pid;
    await vscode.commands.executeCommand('embeddingCache.restartServer');
    assert.notEqual(server.pid, before);
    assert.equal(server.state, 'running');
    // The old one has gone: asking about it fails.
    assert.throws(() => process.kill(before ?? 0, 0));
  });

  it('inherits no variable that is not on the list', async function () {
    if (process.platform !== 'linux') this.skip();
    const { server } = await testAccess();
    await server.client();
    assert.ok(process.env['EMBEDDINGCACHE_TEST_REPORT'] !== undefined);
    const environment = readFileSync(`/proc/${server.pid ?? 0}/environ`, 'utf8').split('\0');
    const names = environment.map((line) => line.split('=')[0]);
    assert.ok(names.includes('PATH'));
    assert.ok(!names.includes('EMBEDDINGCACHE_TEST_REPORT'));
  });

  it('is given up after five stops in three minutes, until the user restarts it', async () => {
    const { server } = await testAccess();
    await vscode.commands.executeCommand('embeddingCache.restartServer');
    for (let stops = 1; stops <= 5; stops++) {
      const pid = await until('a running server', () =>
        server.state === 'running' ? (server.pid ?? null) : null,
      );
      process.kill(pid, 'SIGKILL');
      await until('its end noticed', () =>
        server.state !== 'running' || server.pid !== pid ? true : null,
      );
    }
    assert.equal(server.state, 'failed');
    await assert.rejects(server.client());
    await vscode.commands.executeCommand('embeddingCache.restartServer');
    assert.equal(server.state, 'running');
  });
});
