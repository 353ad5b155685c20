import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientRequests } from '../../server/protocol/workspace-files.ts';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { tempDirectory } from '../support/temp-directory.ts';

let directory: string;
let server: LanguageServer;

beforeEach(() => {
  directory = tempDirectory();
});
afterEach(() => server.kill());

const settings = () => settingsOf({ directory: path.join(directory, 'cache') });
const code = (name: string) => `export function ${name}() {\n  return 'zebra ${name}';\n}\n`;

async function namesFor(query: string): Promise<string[]> {
  const params = { query, limit: 50, mode: 'text' } as const;
  const { hits } = await server.request('embeddingCache/search', params);
  return hits.flatMap(({ symbols }) => symbols).sort();
}

describe('an open document', () => {
  const open = async (text: string) => {
    const uri = pathToFileURL(path.join(directory, 'w/a.ts')).href;
    await server.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 1, text },
    });
    return uri;
  };
  const change = (uri: string, version: number, text: string) =>
    server.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [
        { range: { start: { line: 0, character: 16 }, end: { line: 0, character: 19 } }, text },
      ],
    });
  const close = (uri: string) =>
    server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });

  beforeEach(async () => {
    writeTree(path.join(directory, 'w'), { 'a.ts': code('one'), 'b.ts': code('two') });
    const folders = [path.join(directory, 'w')];
    server = await LanguageServer.start({ settings: settings(), folders });
    await server.request('embeddingCache/index', { folders: [] });
  });

  it('is found by its unsaved text, survives a run, and by the text on disk once closed', async () => {
    const uri = await open(code('one'));
    await change(uri, 2, 'unsaved');
    await expect.poll(() => namesFor('zebra'), { timeout: 10_000 }).toEqual(['two', 'unsaved']);
    await server.request('embeddingCache/index', { folders: [] });
    expect(await namesFor('zebra')).toEqual(['two', 'unsaved']);
    expect(readFileSync(path.join(directory, 'w/a.ts'), 'utf8')).toBe(code('one'));
    await close(uri);
    await expect.poll(() => namesFor('zebra'), { timeout: 10_000 }).toEqual(['one', 'two']);
  });

  it('that was left unsaved when the window closed is found by that text', async () => {
    const uri = await open(code('restored'));
    await expect.poll(() => namesFor('zebra'), { timeout: 10_000 }).toEqual(['restored', 'two']);
    await close(uri);
    await expect.poll(() => namesFor('zebra'), { timeout: 10_000 }).toEqual(['one', 'two']);
  });
});

describe('a folder that only the client can read', () => {
  it('is indexed, searched, explained and followed through the client', async () => {
    const files = new MemoryFiles();
    const put = (name: string, text: string) => files.files.set(name, Buffer.from(text));
    put('src/a b#.ts', code('one'));
    put('src/b.ts', code('two'));
    put('.gitignore', 'out/');
    put('out/c.ts', code('ignored'));
    server = await LanguageServer.start({
      settings: settings(),
      folders: [],
      uris: ['memfs:/root'],
    });
    serve(server, files);
    const report = await server.request('embeddingCache/index', { folders: [] });
    expect(report.files).toMatchObject({ indexed: 3 });
    expect(await namesFor('zebra')).toEqual(['one', 'two']);
    const query = { query: 'one', limit: 5, mode: 'text' } as const;
    const { hits } = await server.request('embeddingCache/search', query);
    expect(hits[0]?.uri).toBe('memfs:/root/src/a%20b%23.ts');
    const explain = (uri: string) => server.request('embeddingCache/explain', { uri });
    expect(await explain('memfs:/root/out/c.ts')).toMatchObject({
      reason: 'ignored',
      rule: { source: '.gitignore', line: 1 },
    });
    expect(await explain('memfs:/root/src/a%20b%23.ts')).toMatchObject({ reason: 'indexed' });

    put('src/b.ts', code('three'));
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'memfs:/root/src/b.ts', type: 2 }],
    });
    await expect.poll(() => namesFor('zebra'), { timeout: 10_000 }).toEqual(['one', 'three']);
    const again = await server.request('embeddingCache/index', { folders: [] });
    expect(again.chunks.misses).toBe(0);
  });

  it('cannot make the server take one file for another', async () => {
    server = await LanguageServer.start({
      settings: settings(),
      folders: [],
      uris: ['memfs:/root'],
    });
    server.connection.onRequest('workspaceFiles/list', () => [
      { files: [{ name: '../../etc/passwd', size: 1, mtime: 1 }], folders: [] },
    ]);
    await expect(server.request('embeddingCache/index', { folders: [] })).rejects.toThrow();
  });
});

function serve({ connection }: LanguageServer, files: MemoryFiles): void {
  connection.onRequest(
    'workspaceFiles/list',
    async ({ folder, paths }: ClientRequests['workspaceFiles/list'][0]) =>
      (await files.list(folder, paths)).map(
        (content) =>
          content && {
            folders: content.folders,
            files: content.files.map(({ mtimeMs, ...file }) => ({ ...file, mtime: mtimeMs })),
          },
      ),
  );
  connection.onRequest(
    'workspaceFiles/read',
    async ({ folder, paths, maxBytes }: ClientRequests['workspaceFiles/read'][0]) =>
      (await files.read(folder, paths, maxBytes)).map((read) =>
        read.kind === 'bytes'
          ? { kind: 'bytes', base64: Buffer.from(read.bytes).toString('base64') }
          : read,
      ),
  );
}
