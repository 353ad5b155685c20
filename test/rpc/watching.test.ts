import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileChangeType } from 'vscode-languageserver/node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { startOpenAiServer } from '../support/openai-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

let directory: string;
let server: LanguageServer | null;

beforeEach(() => {
  directory = tempDirectory();
  server = null;
});
afterEach(() => server?.kill());

async function startIn(...folders: string[]): Promise<LanguageServer> {
  const settings = settingsOf({ directory: path.join(directory, 'cache') });
  server = await LanguageServer.start({
    settings,
    folders: folders.map((name) => path.join(directory, name)),
  });
  await server.request('embeddingCache/index', { folders: [] });
  return server;
}

async function tell(...paths: string[]): Promise<void> {
  await server!.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: paths.map((file) => ({
      uri: pathToFileURL(path.join(directory, file)).href,
      type: FileChangeType.Changed,
    })),
  });
}

async function pathsFor(query: string): Promise<string[]> {
  const params = { query, limit: 50, mode: 'text' } as const;
  const { hits } = await server!.request('embeddingCache/search', params);
  return hits.map((hit) => path.relative(directory, new URL(hit.uri).pathname)).sort();
}

const code = (name: string) => `export function ${name}() {\n  return 'zebra ${name}';\n}\n`;

describe('while a folder is open', () => {
  it('a changed ignore file changes what is found, both ways', async () => {
    writeTree(path.join(directory, 'w'), { 'a.ts': code('one'), 'sub/b.ts': code('two') });
    await startIn('w');
    expect(await pathsFor('zebra')).toEqual(['w/a.ts', 'w/sub/b.ts']);
    writeTree(path.join(directory, 'w'), { 'sub/.gitignore': '*.ts' });
    await tell('w/sub/.gitignore');
    await expect.poll(() => pathsFor('zebra')).toEqual(['w/a.ts']);
    writeTree(path.join(directory, 'w'), { 'sub/.gitignore': '*.ts\n!b.ts' });
    await tell('w/sub/.gitignore');
    await expect.poll(() => pathsFor('zebra')).toEqual(['w/a.ts', 'w/sub/b.ts']);
    rmSync(path.join(directory, 'w/a.ts'));
    await tell('w/a.ts');
    await expect.poll(() => pathsFor('zebra')).toEqual(['w/sub/b.ts']);
  });

  it('files of a folder within another are found once, and are its own', async () => {
    writeTree(path.join(directory, 'w'), { 'a.ts': code('one'), 'inner/b.ts': code('two') });
    await startIn('w', 'w/inner');
    expect(await pathsFor('zebra')).toEqual(['w/a.ts', 'w/inner/b.ts']);
    const { workspace } = await server!.request('embeddingCache/stats', null);
    expect(workspace).toMatchObject({ files: 2 });
    writeTree(path.join(directory, 'w'), { 'inner/b.ts': code('changed') });
    await tell('w/inner/b.ts');
    await expect.poll(() => pathsFor('changed')).toEqual(['w/inner/b.ts']);
    expect(await pathsFor('zebra')).toEqual(['w/a.ts', 'w/inner/b.ts']);
  });

  it('names that need escaping in a URI are followed like any other', async () => {
    const names = ['a b#?%41.ts', 'ü😀.ts', 'nfd-u\u0308.ts', 'new\nline.ts'];
    writeTree(
      path.join(directory, 'w'),
      Object.fromEntries(names.map((name) => [name, code('one')])),
    );
    await startIn('w');
    expect(await pathsFor('one')).toHaveLength(4);
    const all = (
      await server!.request('embeddingCache/search', { query: 'one', limit: 50, mode: 'text' })
    ).hits
      .map(({ path: file }) => file)
      .sort();
    expect(all).toEqual(names.toSorted());
    for (const name of names) writeTree(path.join(directory, 'w'), { [name]: code('other') });
    await server!.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: names.map((name) => ({
        uri: `${pathToFileURL(path.join(directory, 'w')).href}/${encodeURIComponent(name)}`,
        type: FileChangeType.Changed,
      })),
    });
    await expect.poll(() => pathsFor('other')).toHaveLength(4);
  });

  it('a workspace that is untrusted starts no git', async () => {
    writeTree(path.join(directory, 'w'), { 'a.ts': code('one') });
    execFileSync('git', ['init', '-q'], { cwd: path.join(directory, 'w') });
    mkdirSync(path.join(directory, 'bin'));
    writeTree(directory, {
      'bin/git': `#!/bin/sh\ntouch ${path.join(directory, 'git-ran')}\nexit 1\n`,
    });
    execFileSync('chmod', ['+x', path.join(directory, 'bin/git')]);
    const before = process.env['PATH'];
    process.env['PATH'] = `${path.join(directory, 'bin')}:${before ?? ''}`;
    try {
      for (const trusted of [false, true]) {
        const settings = settingsOf({ directory: path.join(directory, 'cache'), trusted });
        server = await LanguageServer.start({ settings, folders: [path.join(directory, 'w')] });
        await server.request('embeddingCache/index', { folders: [] });
        const { existsSync } = await import('node:fs');
        expect(existsSync(path.join(directory, 'git-ran'))).toBe(trusted);
        await server.kill();
      }
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('changes that would cost more than may pass unasked wait for a command, and the status says so', async () => {
    const openai = await startOpenAiServer({ apiKey: 'sk-test' });
    onTestFinished(() => openai.close());
    writeTree(path.join(directory, 'w'), { 'a.ts': code('one') });
    server = await LanguageServer.start({
      settings: settingsOf({
        directory: path.join(directory, 'cache'),
        provider: { kind: 'openai', baseUrl: openai.baseUrl, dimensions: 64 },
        // Of text-embedding-3-small some 5,000 tokens.
        confirmAboveUsd: 0.0001,
      }),
      folders: [path.join(directory, 'w')],
    });
    const { origin } = new URL(openai.baseUrl);
    server.sendApiKey({ provider: 'openai', origin, key: 'sk-test' });
    await server.request('embeddingCache/index', { folders: [] });
    openai.forget();
    // A save costs little, and is indexed.
    writeTree(path.join(directory, 'w'), { 'a.ts': code('changed') });
    await tell('w/a.ts');
    await expect.poll(() => openai.asked.length).toBe(1);
    openai.forget();
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`sub/f${i}.ts`, code(`function${i}`).repeat(3)]),
    );
    writeTree(path.join(directory, 'w'), many);
    server.statsSeen.length = 0;
    await tell(...Object.keys(many).map((name) => `w/${name}`));
    const { workspace } = await server.statsThat((stats) => stats.workspace.kind === 'failed');
    expect(workspace).toMatchObject({ error: 'confirmCost', files: 1 });
    // Small changes still pass, and do not hide that others wait.
    writeTree(path.join(directory, 'w'), { 'a.ts': code('again') });
    await tell('w/a.ts');
    await expect.poll(() => openai.asked.length).toBe(1);
    expect(openai.asked.join()).not.toContain('function1');
    const stats = await server.request('embeddingCache/stats', null);
    expect(stats.workspace).toMatchObject({ kind: 'failed', error: 'confirmCost' });
    // A command goes on.
    await server.request('embeddingCache/index', { folders: [] });
    expect(openai.asked.join()).toContain('function299');
    expect((await server.request('embeddingCache/stats', null)).workspace).toMatchObject({
      kind: 'ready',
      files: 301,
    });
  });
});
