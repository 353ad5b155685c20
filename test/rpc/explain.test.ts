import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

it('the server says of any file why it is, or is not, indexed, and lists those that are not', async () => {
  const directory = tempDirectory();
  const folder = path.join(directory, 'root');
  writeTree(folder, {
    '.gitignore': '*.log\n',
    'a.ts': 'export function one() {\n  return 1;\n}\n',
    'b.log': 'log',
    'c.png': 'png',
    'd.sql': 'select 1',
  });
  const exclude = [{ pattern: '/*.sql', setting: 'files.exclude' }];
  const server = await LanguageServer.start({
    settings: settingsOf({ directory: path.join(directory, 'cache'), exclude }),
    folders: [folder],
  });
  const explain = (file: string) =>
    server.request('embeddingCache/explain', { uri: pathToFileURL(path.join(folder, file)).href });
  expect(await explain('a.ts')).toMatchObject({ reason: 'notYet', indexed: false });
  await server.request('embeddingCache/index', { folders: [] });
  expect(await explain('a.ts')).toMatchObject({
    path: 'a.ts',
    indexed: true,
    reason: 'indexed',
    chunks: [{ startLine: 1, endLine: 3, symbols: ['one'], failure: null }],
  });
  expect(await explain('b.log')).toMatchObject({
    reason: 'ignored',
    rule: { source: '.gitignore', line: 1, pattern: '*.log' },
  });
  expect(await explain('d.sql')).toMatchObject({
    reason: 'ignored',
    rule: { source: 'files.exclude', line: null },
  });
  for (const uri of ['untitled:Untitled-1', 'git:/a.ts', pathToFileURL(directory).href]) {
    expect(await server.request('embeddingCache/explain', { uri })).toMatchObject({
      reason: 'outside',
    });
  }
  const skipped = await server.request('embeddingCache/skipped', null);
  expect(skipped.map(({ path: file, reason }) => [file, reason])).toEqual([
    ['b.log', 'ignored'],
    ['c.png', 'binary'],
    ['d.sql', 'ignored'],
  ]);
  const { workspace } = await server.request('embeddingCache/stats', null);
  expect(workspace).toMatchObject({ skipped: 3, skippedByReason: { ignored: 2, binary: 1 } });
  expect(await server.stop()).toBe(0);
});
