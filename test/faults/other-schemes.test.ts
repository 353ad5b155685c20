// Group C of the fault matrix, C13: addresses that look like files and are not on this disk.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { named, whyNoStrace } from '../support/faults/tools.ts';
import { writeTree } from '../support/folder-tree.ts';
import { LanguageServer, settingsOf } from '../support/language-server.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const code = (name: string) => `export function ${name}() {\n  return 'zebra ${name}';\n}\n`;

describe.skipIf(whyNoStrace !== null)(named('C13 other schemes', whyNoStrace), () => {
  it('never reach the disk, whatever an editor says of them', async () => {
    const directory = tempDirectory();
    const folder = path.join(directory, 'w');
    const log = path.join(directory, 'calls');
    writeTree(folder, { 'real.ts': code('one') });
    const server = await LanguageServer.start({
      settings: settingsOf({ directory: path.join(directory, 'cache') }),
      folders: [folder],
      under: ['strace', '-f', '-qq', '--seccomp-bpf', '-e', 'trace=%file', '-s', '4096', '-o', log],
    });
    await server.request('embeddingCache/index', { folders: [] });
    const { connection } = server;
    const uris = [
      `git:${folder}/phantom.ts?${encodeURIComponent(`{"path":"${folder}/phantom.ts","ref":"~"}`)}`,
      `untitled:${folder}/phantom.ts`,
      `vscode-vfs://github${folder}/phantom.ts`,
      `vscode-remote://ssh-remote+host${folder}/phantom.ts`,
      `file://host${folder}/phantom.ts`,
      `output:${folder}/phantom.ts`,
    ];
    for (const uri of uris) {
      const textDocument = { uri, languageId: 'typescript', version: 1, text: code('phantom') };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
      await connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
      const changes = [{ uri, type: 2 }];
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
      expect(await server.request('embeddingCache/explain', { uri })).toMatchObject({
        reason: 'outside',
      });
      await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    }
    // A file that is one is followed all the same, after all of these.
    writeTree(folder, { 'real.ts': code('two') });
    await connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(path.join(folder, 'real.ts')).href, type: 2 }],
    });
    const found = async () => {
      const params = { query: 'zebra', limit: 9, mode: 'text' } as const;
      const { hits } = await server.request('embeddingCache/search', params);
      return hits.flatMap(({ symbols }) => symbols);
    };
    await expect.poll(found, { timeout: 30_000 }).toEqual(['two']);
    await server.stop();
    const calls = readFileSync(log, 'utf8');
    expect(calls).toContain(`${folder}/real.ts`);
    expect(calls).not.toContain('phantom');
  });
});
