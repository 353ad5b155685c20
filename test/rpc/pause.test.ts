import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const FILES = 200;
let directory: string;
let folder: string;
let openAi: OpenAiServer;
let server: LanguageServer;

beforeEach(async () => {
  directory = tempDirectory();
  folder = path.join(directory, 'root');
  const body = (i: number) =>
    Array.from({ length: 12 }, (_, k) => `  step(${i}, ${k});`).join('\n');
  writeTree(
    folder,
    Object.fromEntries(
      Array.from({ length: FILES }, (_, i) => [
        `f${i}.ts`,
        `export function f${i}() {\n${body(i)}\n}\n`,
      ]),
    ),
  );
  openAi = await startOpenAiServer({ dimensions: 8 });
  server = await start();
});
afterEach(async () => {
  openAi.release();
  await server.kill();
  await openAi.close();
});

function start(): Promise<LanguageServer> {
  return LanguageServer.start({
    settings: settingsOf({
      directory: path.join(directory, 'cache'),
      provider: {
        kind: 'openaiCompatible',
        model: 'm',
        dimensions: 8,
        baseUrl: openAi.baseUrl,
      },
    }),
    folders: [folder],
  });
}

const workspace = async () => (await server.request('embeddingCache/stats', null)).workspace;

describe('pausing', () => {
  it('stops sending, shows where it stands, and goes on where it stopped', async () => {
    openAi.script(null, { kind: 'hold' });
    const indexing = server.request('embeddingCache/index', { folders: [] });
    await openAi.waitForRequests(2);
    await server.request('embeddingCache/pause', { paused: true });
    openAi.release();
    await wait(300);
    const sent = openAi.requests.length;
    expect(await workspace()).toMatchObject({ kind: 'paused', total: FILES });
    await wait(300);
    expect(openAi.requests.length).toBe(sent);
    expect(sent).toBeLessThanOrEqual(3);
    await server.request('embeddingCache/pause', { paused: false });
    const report = await indexing;
    expect(report.files.indexed).toBe(FILES);
    expect(new Set(openAi.asked).size).toBe(openAi.asked.length);
    expect(await workspace()).toMatchObject({ kind: 'ready' });
  });

  it('can be cancelled, and holds for a run that begins later, as after a crash', async () => {
    const indexing = server.connection.sendRequest('embeddingCache/index', {
      folders: [],
      paused: true,
    });
    indexing.catch(() => undefined);
    await expect.poll(workspace).toMatchObject({ kind: 'paused' });
    await wait(200);
    expect(openAi.requests).toHaveLength(0);
    await server.kill();
    server = await start();
    const again = server.request('embeddingCache/index', { folders: [], paused: true });
    await expect.poll(workspace).toMatchObject({ kind: 'paused', total: FILES });
    await server.request('embeddingCache/pause', { paused: false });
    expect((await again).files.indexed).toBe(FILES);
  });
});

describe('deleting the index', () => {
  it('leaves nothing to find, and making it again sends nothing', async () => {
    const first = await server.request('embeddingCache/index', { folders: [] });
    openAi.forget();
    const query = { query: 'step', limit: 5, mode: 'text' } as const;
    expect((await server.request('embeddingCache/search', query)).hits).not.toEqual([]);
    await server.request('embeddingCache/deleteIndex', null);
    expect((await server.request('embeddingCache/search', query)).hits).toEqual([]);
    expect(await workspace()).toEqual({ kind: 'notIndexed' });
    const again = await server.request('embeddingCache/index', { folders: [] });
    expect(again.chunks).toEqual({ ...first.chunks, hits: first.chunks.total, misses: 0 });
    expect(openAi.requests).toHaveLength(0);
    expect((await server.request('embeddingCache/search', query)).hits).not.toEqual([]);
  });
});
