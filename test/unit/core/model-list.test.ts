import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Core } from '../../../server/src/core/core.ts';
import { CoreWorld } from '../../support/core-world.ts';
import { writeTree } from '../../support/folder-tree.ts';
import { startOpenAiServer } from '../../support/openai-server.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const { signal } = new AbortController();
let folder: string;

beforeEach(() => {
  folder = tempDirectory();
  const files = Array.from({ length: 6 }, (_, i) => [`f${i}.ts`, `export const f${i} = ${i};\n`]);
  writeTree(folder, Object.fromEntries(files) as Record<string, string>);
});

/** A real server that answers as Ollama does to a request for its models, and counts them. */
async function startOllama(): Promise<{ baseUrl: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ models: [{ name: 'bge-m3:latest' }, { name: 'x:1b' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const named = (list: Awaited<ReturnType<Core['models']>>, model: string) =>
  list.models.find((each) => each.model === model);

describe('the models to choose from', () => {
  it('say how much of the workspace is cached in each, after a switch and back', async () => {
    const server = await startOpenAiServer();
    onTestFinished(() => server.close());
    const world = new CoreWorld({ cacheDir: tempDirectory(), server });
    await world.index(folder, 'model-a');
    writeTree(folder, { 'new.ts': 'export const fresh = 1;\n', 'new2.ts': 'let other = 2;\n' });
    await world.index(folder, 'model-b');
    server.forget();
    const list = await world.use((core) => core.models([folder], null, signal), 'model-b');
    expect(named(list, 'model-b')?.cachedShare).toBe(1);
    expect(named(list, 'model-a')?.cachedShare).toBeCloseTo(6 / 8);
    expect(named(list, 'text-embedding-3-small')).toMatchObject({
      provider: 'openai',
      dimensions: 1536,
      usdPerMillionTokens: 0.02,
      cachedShare: 0,
    });
    expect(server.requests).toEqual([]);
  });

  it('include those of an Ollama that runs here', async () => {
    const { baseUrl, asked } = await startOllama();
    const world = new CoreWorld({ cacheDir: tempDirectory() });
    const list = await world.use((core) => core.models([], baseUrl, signal));
    expect(list.ollamaRuns).toBe(true);
    expect(list.models.filter(({ provider }) => provider === 'ollama')).toMatchObject([
      { model: 'bge-m3:latest', cachedShare: null },
      { model: 'x:1b' },
    ]);
    expect(asked).toEqual(['GET /api/tags']);
  });

  it('come without Ollama where none answers, and no other computer is asked', async () => {
    const world = new CoreWorld({ cacheDir: tempDirectory() });
    const runs = (address: string) =>
      world.use(async (core) => (await core.models([], address, signal)).ollamaRuns);
    expect(await runs('http://127.0.0.1:1')).toBe(false);
    expect(await runs('https://ollama.example.com')).toBe(false);
    const unasked = await world.use((core) => core.models([], null, signal));
    expect(unasked.ollamaRuns).toBeNull();
  });
});
