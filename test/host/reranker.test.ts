import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { never, setUserSetting, testAccess } from './test-access.ts';

const KEY = 'co-host-canary-2b7f';
const owner = { provider: 'cohere', origin: 'https://api.cohere.com' };

describe('the reranker', () => {
  it('is asked nothing before the user allows it, and its key stays here until then', async () => {
    const { api, keys, sync, server, consent } = await testAccess();
    await vscode.commands.executeCommand('embeddingCache.indexWorkspace');
    await keys.store(owner, KEY);
    try {
      await setUserSetting('search.reranker', 'cohere');
      await sync.push(server, api);
      assert.deepEqual(sync.serverSettings().reranker, { kind: 'cohere' });
      assert.deepEqual(await sync.keysForStart(), []);
      const params = { query: 'wait longer after each failure', limit: 5 };
      const { hits, notReranked } = await api.request('embeddingCache/search', params, never);
      assert.equal(hits[0]?.path, 'src/net/retry.ts');
      assert.deepEqual(notReranked, {
        kind: 'consentNeeded',
        provider: 'cohere',
        host: 'api.cohere.com',
      });

      await consent.give(owner.origin);
      assert.deepEqual(await sync.keysForStart(), [{ type: 'apiKey', ...owner, key: KEY }]);
    } finally {
      await setUserSetting('search.reranker', undefined);
      await consent.withdraw(owner.origin);
      await keys.remove(owner);
      await sync.push(server, api);
    }
  });
});
