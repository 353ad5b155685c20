import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { shotWhenFailed } from '../support/shot-when-failed.ts';
import { openVSCode, type VSCode } from '../support/vscode.ts';
import type { Workbench } from '../support/workbench.ts';

describe('the model picker', () => {
  let server: OpenAiServer;
  let ollama: Server;
  let vscode: VSCode;
  let workbench: Workbench;

  beforeAll(async () => {
    server = await startOpenAiServer();
    ollama = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ models: [{ name: 'bge-m3:latest' }] }));
    });
    await new Promise<void>((resolve) => ollama.listen(0, '127.0.0.1', resolve));
    const { port } = ollama.address() as AddressInfo;
    vscode = await openVSCode({
      trust: true,
      settings: { 'embeddingCache.ollama.baseUrl': `http://127.0.0.1:${port}` },
    });
    workbench = vscode.workbench;
  });
  afterAll(async () => {
    await vscode.close();
    await server.close();
    ollama.close();
  });
  shotWhenFailed(() => vscode);

  const row = (text: string | RegExp) => workbench.quickPickRows.filter({ hasText: text });

  it('lists what is there now: the built-in model, a running Ollama, providers without a key', async () => {
    await workbench.run('Embedding Cache: Index Workspace');
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
    await workbench.run('Embedding Cache: Select Embedding Model');
    await row('Built-in')
      .filter({ hasText: '256 dims · free · this workspace: 100% cached' })
      .waitFor();
    await row('bge-m3:latest').filter({ hasText: 'Ollama · free' }).waitFor();
    await row('text-embedding-3-small').filter({ hasText: 'needs an API key' }).waitFor();
    await workbench.quickInput.getByText('On this computer').waitFor();
    await workbench.shot('model-picker');
  });

  it('takes a server of one’s own for this workspace alone, and indexes with it', async () => {
    await workbench.quickInputBox.fill('OpenAI-compatible');
    await workbench.page.keyboard.press('Enter');
    const title = workbench.quickInput.locator('.quick-input-title');
    await title.filter({ hasText: '(1/2)' }).waitFor();
    await workbench.quickInputBox.fill(server.baseUrl);
    await workbench.page.keyboard.press('Enter');
    await title.filter({ hasText: '(2/2)' }).waitFor();
    await workbench.quickInputBox.fill('own-model');
    await workbench.page.keyboard.press('Enter');
    await row(/This Workspace/).waitFor();
    await workbench.shot('model-scope');
    await row(/This Workspace/).click();
    await expect.poll(() => server.asked.length).toBeGreaterThan(15);
    await expect.poll(() => workbench.statusLabel()).toContain('Embedding Cache: ready');
  });

  it('shows both models as cached, and switching back costs nothing', async () => {
    // The list is that of the moment it was opened; what was asked for may not be stored yet.
    await expect
      .poll(async () => {
        await workbench.page.keyboard.press('Escape');
        await workbench.run('Embedding Cache: Select Embedding Model');
        return row('own-model').innerText();
      })
      .toContain('this workspace: 100% cached');
    await row('Built-in').filter({ hasText: 'this workspace: 100% cached' }).waitFor();
    await workbench.shot('model-picker-both');
    const asked = server.requests.length;
    await row('Built-in').click();
    await row(/This Workspace/).click();
    await workbench.hoverStatus(/Model .*on this computer/);
    expect(server.requests).toHaveLength(asked);
  });
});
