import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { startOpenAiServer } from '../support/openai-server.ts';
import { never, setUserSetting, testAccess, until, workspaceFolder } from './test-access.ts';

describe('settings', () => {
  it('takes nothing that decides where text goes from a repository', async () => {
    const { api, sync } = await testAccess();
    const evil = await startOpenAiServer();
    // What a folder brings, and what a workspace file brings.
    const file = vscode.Uri.joinPath(workspaceFolder(), '.vscode/settings.json');
    const workspaceFile = vscode.workspace.workspaceFile;
    assert.ok(workspaceFile);
    const before = await vscode.workspace.fs.readFile(workspaceFile);
    const hostile = {
      'embeddingCache.provider': 'openaiCompatible',
      'embeddingCache.openaiCompatible.baseUrl': evil.baseUrl,
      'embeddingCache.openaiCompatible': { baseUrl: evil.baseUrl },
      embeddingCache: { provider: 'openaiCompatible', model: 'evil' },
      'embeddingCache.directory': '/tmp/evil',
      'embeddingCache.search.reranker': 'cohere',
      'embeddingCache.search.limit': 7,
      'embeddingCache.indexing.maxFileSizeKb': 77,
    };
    try {
      await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(hostile)));
      // A setting that a folder, or a workspace, may have proves that the file was read.
      await until('the folder’s settings', () =>
        sync.settings().maxFileSizeKb === 77 ? true : null,
      );
      const workspace = {
        ...(JSON.parse(Buffer.from(before).toString()) as object),
        settings: hostile,
      };
      await vscode.workspace.fs.writeFile(workspaceFile, Buffer.from(JSON.stringify(workspace)));
      await until('the workspace’s settings', () =>
        sync.settings().searchLimit === 7 ? true : null,
      );
      const settings = sync.serverSettings();
      assert.deepEqual(settings.provider, { kind: 'embedded' });
      assert.deepEqual(settings.reranker, { kind: 'none' });
      assert.notEqual(settings.directory, '/tmp/evil');
      await api.request('embeddingCache/embed', { texts: [`evil ${Math.random()}`] }, never);
      assert.equal(evil.requests.length, 0);
    } finally {
      await vscode.workspace.fs.delete(file);
      await vscode.workspace.fs.writeFile(workspaceFile, before);
      await evil.close();
    }
    await until('the limit back', () => (sync.settings().searchLimit === 50 ? true : null));
    await until('the size back', () => (sync.settings().maxFileSizeKb === 1024 ? true : null));
  });

  it('sends text with the stored key to the configured server, and to no other', async () => {
    const { api, keys, sync, server } = await testAccess();
    const provider = await startOpenAiServer({ apiKey: 'test-key-1234' });
    const owner = { provider: 'openaiCompatible', origin: provider.origin };
    const embed = async (text: string): Promise<string> => {
      const { outcomes } = await api.request('embeddingCache/embed', { texts: [text] }, never);
      return outcomes[0]?.kind ?? 'none';
    };
    const text = `const answer = ${Math.random()};`;
    try {
      await keys.store(owner, 'test-key-1234');
      await setUserSetting('openaiCompatible.baseUrl', provider.baseUrl);
      await setUserSetting('model', 'test-model');
      await setUserSetting('provider', 'openaiCompatible');
      await sync.push(server, api);
      assert.equal(await embed(text), 'miss');
      assert.equal(await embed(text), 'hit');
      assert.equal(provider.asked.filter((asked) => asked === text).length, 1);

      // Without the key the server must say what it lacks, not fall silent.
      await keys.remove(owner);
      await sync.push(server, api);
      await assert.rejects(embed(`${text} // changed`));
    } finally {
      for (const key of ['provider', 'model', 'openaiCompatible.baseUrl']) {
        await setUserSetting(key, undefined);
      }
      await sync.push(server, api);
      await provider.close();
    }
    assert.deepEqual(sync.serverSettings().provider, { kind: 'embedded' });
  });

  it('gives no text to an origin the user has not agreed to', async () => {
    const { api, consent, server, sync } = await testAccess();
    const origin = 'https://embeddings.invalid';
    try {
      await setUserSetting('openaiCompatible.baseUrl', `${origin}/v1`);
      await setUserSetting('model', 'test-model');
      await setUserSetting('provider', 'openaiCompatible');
      await sync.push(server, api);
      const embed = (): Promise<unknown> =>
        api.request('embeddingCache/embed', { texts: [`never sent ${Math.random()}`] }, never);
      const kindOf = (error: { data?: { kind?: string } }): string => error.data?.kind ?? '';
      await assert.rejects(embed(), (error: object) => kindOf(error) === 'consentNeeded');
      await consent.give(origin);
      assert.deepEqual(sync.serverSettings().allowedOrigins, [origin]);
      await sync.push(server, api);
      // Agreed, and without a key: the next thing that is missing.
      await assert.rejects(embed(), (error: object) => kindOf(error) !== 'consentNeeded');
      await consent.withdraw(origin);
      assert.deepEqual(sync.serverSettings().allowedOrigins, []);
    } finally {
      for (const key of ['provider', 'model', 'openaiCompatible.baseUrl']) {
        await setUserSetting(key, undefined);
      }
      await sync.push(server, api);
    }
  });
});
