import { renameSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { copyFixtureWorkspace, editFile } from '../support/fixture-workspace.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const CANARY = 'sk-CANARY-0123456789abcdef';
let directory: string;
let folder: string;
let server: LanguageServer;
let openAi: OpenAiServer;

const embedded = () => settingsOf({ directory: path.join(directory, 'cache') });
const openai = (changes = {}) =>
  settingsOf({
    directory: path.join(directory, 'cache'),
    provider: { kind: 'openai', model: '', dimensions: null, baseUrl: openAi.baseUrl },
    ...changes,
  });

async function start(settings = embedded()): Promise<void> {
  server = await LanguageServer.start({ settings, folders: [folder] });
}

beforeEach(async () => {
  directory = tempDirectory();
  folder = copyFixtureWorkspace(path.join(directory, 'repository'));
  openAi = await startOpenAiServer({ apiKey: CANARY });
});
afterEach(async () => {
  await server.kill();
  await openAi.close();
});

/** Asks again until it is so; the test's own time limit ends it otherwise. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('the server for a folder that is not trusted', () => {
  it('asks git nothing, and says what to do about it', async () => {
    await start({ ...embedded(), trusted: false });
    await server.request('embeddingCache/index', { folders: [] });
    const params = { query: 'backoff', limit: 3, changedSince: 'HEAD' };
    await expect(server.request('embeddingCache/search', params)).rejects.toMatchObject({
      message: expect.stringContaining('Trust this folder') as string,
      data: { kind: 'badSettings' },
    });
  });
});

describe('the server with the embedded model', () => {
  beforeEach(() => start());

  it('indexes with progress, finds by meaning, and embeds nothing the second time', async () => {
    const steps: unknown[] = [];
    server.connection.onNotification('$/progress', ({ value }) => {
      steps.push(value);
    });
    const first = await server.request('embeddingCache/index', {
      folders: [],
      progressToken: 'token',
    });
    expect(first.chunks.misses).toBeGreaterThan(10);
    expect(steps.at(-1)).toMatchObject({ filesDone: first.files.indexed });

    const query = 'pause before asking the network again';
    const { hits } = await server.request('embeddingCache/search', { query, limit: 3 });
    expect(hits[0]).toMatchObject({
      path: 'src/net/retry.ts',
      uri: pathToFileURL(path.join(folder, 'src/net/retry.ts')).href,
    });

    const second = await server.request('embeddingCache/index', { folders: [] });
    expect(second.chunks).toEqual({
      total: first.chunks.total,
      hits: first.chunks.total,
      misses: 0,
    });
  });

  it('says miss, then hit, and gives the numbers only when asked', async () => {
    const texts = ['parse a configuration file'];
    const first = await server.request('embeddingCache/embed', { texts });
    expect(first).toMatchObject({ provider: 'embedded', dimensions: 256 });
    expect(first.outcomes).toMatchObject([{ kind: 'miss' }]);
    expect(first.outcomes[0]).not.toHaveProperty('vector');
    const second = await server.request('embeddingCache/embed', { texts, includeVectors: true });
    const [outcome] = second.outcomes;
    if (outcome?.kind !== 'hit') throw new Error('expected a hit');
    expect(outcome.vector).toHaveLength(256);
    expect(outcome.norm).toBeCloseTo(1, 5);
  });

  it('publishes statistics when they change', async () => {
    await server.statsThat(({ workspace }) => workspace.kind === 'notIndexed');
    await server.request('embeddingCache/index', { folders: [] });
    const stats = await server.statsThat(({ workspace }) => workspace.kind === 'ready');
    expect(stats.texts).toBeGreaterThan(10);
    expect(stats.today.misses).toBeGreaterThan(10);
    expect(stats).toMatchObject({ provider: { name: 'embedded', local: true } });
    expect(await server.request('embeddingCache/stats', null)).toMatchObject({
      texts: stats.texts,
    });
  });

  it('finds what was just saved', async () => {
    await server.request('embeddingCache/index', { folders: [] });
    const file = path.join(folder, 'src/net/retry.ts');
    editFile(file, 'backoff', 'zebraCrossing');
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(file).href, type: 2 }],
    });
    const params = { query: 'zebraCrossing', limit: 1, mode: 'text' } as const;
    await until(async () => {
      const { hits } = await server.request('embeddingCache/search', params);
      return hits[0]?.text.includes('zebraCrossing') === true;
    });
  });

  it('follows a folder that was renamed, though only the folder is named', async () => {
    await server.request('embeddingCache/index', { folders: [] });
    const [from, to] = [path.join(folder, 'src/net'), path.join(folder, 'src/wire')];
    renameSync(from, to);
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: pathToFileURL(from).href, type: 3 },
        { uri: pathToFileURL(to).href, type: 1 },
      ],
    });
    const params = { query: 'backoff', limit: 20, mode: 'text' } as const;
    const search = async () => (await server.request('embeddingCache/search', params)).hits;
    await until(async () => (await search()).some((hit) => hit.path === 'src/wire/retry.ts'));
    expect((await search()).filter((hit) => hit.path.startsWith('src/net/'))).toEqual([]);
  });

  it('leaves the chunk itself out of what is similar to it', async () => {
    await server.request('embeddingCache/index', { folders: [] });
    const params = { query: 'backoff', limit: 1 };
    const { hits } = await server.request('embeddingCache/search', params);
    const { uri, startLine, endLine, text } = hits[0]!;
    const similar = await server.request('embeddingCache/similar', {
      text,
      limit: 3,
      except: { uri, startLine, endLine },
    });
    expect(similar).toHaveLength(3);
    expect(similar.some((other) => other.uri === uri && other.startLine === startLine)).toBe(false);
  });

  it('answers an unknown method and wrong params with the protocol’s codes, and lives on', async () => {
    await expect(server.connection.sendRequest('embeddingCache/nothing', {})).rejects.toMatchObject(
      {
        code: -32601,
      },
    );
    for (const params of [null, 7, {}, { query: 1, limit: 1 }, { query: 'x', limit: 1e9 }]) {
      await expect(
        server.connection.sendRequest('embeddingCache/search', params),
      ).rejects.toMatchObject({ code: -32602 });
    }
    await server.request('embeddingCache/stats', null);
  });

  it('ends with code 0 when told to, and writes nothing but the protocol to stdout', async () => {
    await server.request('embeddingCache/index', { folders: [] });
    expect(await server.stop()).toBe(0);
    const text = Buffer.concat(server.output).toString('utf8');
    expect(text.startsWith('Content-Length: ')).toBe(true);
  });

  it('is gone soon after its parent', async () => {
    const exited = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.disconnect();
    await exited;
  });
});

describe('the server with a remote provider', () => {
  it('needs a key, takes it beside the protocol, and never writes it anywhere', async () => {
    await start(openai());
    const texts = ['some text'];
    await expect(server.request('embeddingCache/embed', { texts })).rejects.toMatchObject({
      data: { kind: 'noApiKey' },
    });
    server.sendApiKey({ provider: 'openai', origin: openAi.origin, key: CANARY });
    const { outcomes } = await server.request('embeddingCache/embed', { texts });
    expect(outcomes).toMatchObject([{ kind: 'miss' }]);
    expect(openAi.asked).toEqual(['some text']);
    await server.stop();

    expect(Buffer.concat(server.output).includes(CANARY)).toBe(false);
    const { readdirSync, readFileSync } = await import('node:fs');
    const files = readdirSync(directory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(readFileSync(path.join(file.parentPath, file.name)).includes(CANARY)).toBe(false);
    }
  });

  it('says so when the key is refused, without repeating it', async () => {
    await start(openai());
    server.sendApiKey({ provider: 'openai', origin: openAi.origin, key: `${CANARY}-wrong` });
    const error: unknown = await server
      .request('embeddingCache/embed', { texts: ['x'] })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ data: { kind: 'apiKeyRefused', status: 401 } });
    expect(JSON.stringify(error)).not.toContain(CANARY);
  });

  it('contacts no origin the user did not agree to', async () => {
    const baseUrl = 'https://embeddings.example.invalid/v1';
    const provider = { kind: 'openai', model: '', dimensions: null, baseUrl } as const;
    await start(openai({ provider }));
    const origin = 'https://embeddings.example.invalid';
    server.sendApiKey({ provider: 'openai', origin, key: CANARY });
    await expect(server.request('embeddingCache/embed', { texts: ['x'] })).rejects.toMatchObject({
      data: { kind: 'consentNeeded' },
    });
  });

  it('follows changed settings without a restart', async () => {
    await start(openai());
    await server.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: embedded(),
    });
    const { provider } = await server.request('embeddingCache/embed', { texts: ['x y z'] });
    expect(provider).toBe('embedded');
    expect(openAi.requests).toHaveLength(0);
  });

  it('stops indexing when cancelled, keeps what was answered, and goes on from there', async () => {
    await start(openai());
    server.sendApiKey({ provider: 'openai', origin: openAi.origin, key: CANARY });
    openAi.script({ kind: 'hold' });
    const source = new CancellationTokenSource();
    const cancelled = server.connection.sendRequest(
      'embeddingCache/index',
      { folders: [] },
      source.token,
    );
    await openAi.waitForRequests(1);
    source.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: -32800 });
    openAi.release();
    const report = await server.request('embeddingCache/index', { folders: [] });
    expect(report.chunks.hits + report.chunks.misses).toBe(report.chunks.total);
    const stats = await server.request('embeddingCache/stats', null);
    expect(stats.workspace.kind).toBe('ready');
  });
});
