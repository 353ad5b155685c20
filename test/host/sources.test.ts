import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { never, testAccess, until, workspaceFolder } from './test-access.ts';

const code = (name: string): string =>
  `export function ${name}(okapi: string) {\n  return okapi.trim();\n}\n`;

async function symbolsFor(query: string): Promise<string[]> {
  const { api } = await testAccess();
  const params = { query, limit: 50, mode: 'text' } as const;
  const { hits } = await api.request('embeddingCache/search', params, never);
  return hits.flatMap(({ symbols }) => symbols);
}

const found = (name: string) =>
  until(`${name} among the hits`, async () =>
    (await symbolsFor('okapi')).includes(name) ? true : null,
  );
const gone = (name: string) =>
  until(`${name} gone`, async () => ((await symbolsFor('okapi')).includes(name) ? null : true));

describe('text that is on no disk', () => {
  // In a browser VS Code saves by itself after a second.
  const files = vscode.workspace.getConfiguration('files');
  before(() => files.update('autoSave', 'off', vscode.ConfigurationTarget.Global));
  after(() => files.update('autoSave', undefined, vscode.ConfigurationTarget.Global));

  it('of an unsaved document is found, and no longer when the change is dropped', async () => {
    const { indexing } = await testAccess();
    await indexing.start();
    const uri = vscode.Uri.joinPath(workspaceFolder(), 'src/okapi.ts');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(code('savedOkapi')));
    try {
      await found('savedOkapi');
      const editor = await vscode.window.showTextDocument(uri);
      await editor.edit((edit) => {
        edit.replace(new vscode.Range(0, 16, 0, 26), 'unsavedOkapi');
      });
      await found('unsavedOkapi');
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await gone('unsavedOkapi');
      await found('savedOkapi');
    } finally {
      await vscode.workspace.fs.delete(uri);
      await gone('savedOkapi');
    }
  });

  it('of a virtual file system is indexed through VS Code, and followed', async () => {
    const files = new MemoryFileSystem();
    const registered = vscode.workspace.registerFileSystemProvider('okapifs', files);
    const root = vscode.Uri.parse('okapifs:/project');
    files.put('/project/.gitignore', 'out\n');
    files.put('/project/src/a.ts', code('virtualOkapi'));
    files.put('/project/out/b.ts', code('ignoredOkapi'));
    const { indexing, api } = await testAccess();
    try {
      await changeFolders(1, 0, { uri: root, name: 'virtual' });
      await indexing.start();
      await found('virtualOkapi');
      assert.equal((await symbolsFor('okapi')).includes('ignoredOkapi'), false);
      const file = vscode.Uri.joinPath(root, 'src/a.ts');
      const explained = await api.request(
        'embeddingCache/explain',
        { uri: vscode.Uri.joinPath(root, 'out/b.ts').toString() },
        never,
      );
      assert.equal(explained.rule?.source, '.gitignore');
      await vscode.workspace.fs.writeFile(file, Buffer.from(code('changedOkapi')));
      await found('changedOkapi');
      await gone('virtualOkapi');
    } finally {
      await changeFolders(1, 1);
      await gone('changedOkapi');
      registered.dispose();
    }
  });
});

/** Resolves when all have heard of it, which is later than `workspaceFolders` shows it. */
async function changeFolders(
  ...change: Parameters<typeof vscode.workspace.updateWorkspaceFolders>
): Promise<void> {
  const changed = new Promise((resolve) => {
    const subscription = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      subscription.dispose();
      resolve(undefined);
    });
  });
  assert.ok(vscode.workspace.updateWorkspaceFolders(...change));
  await changed;
}

/** A file system of files alone: folders are what their paths have. */
class MemoryFileSystem implements vscode.FileSystemProvider {
  readonly #files = new Map<string, { bytes: Uint8Array; mtime: number }>();
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;

  put(path: string, text: string): void {
    this.#files.set(path, { bytes: Buffer.from(text), mtime: Date.now() });
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.#files.get(path);
    if (file) {
      const { bytes, mtime } = file;
      return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length };
    }
    if (this.readDirectory(vscode.Uri.from({ scheme: 'okapifs', path })).length === 0) {
      throw vscode.FileSystemError.FileNotFound(path);
    }
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    const base = path.endsWith('/') ? path : `${path}/`;
    const entries = new Map<string, vscode.FileType>();
    for (const name of this.#files.keys()) {
      if (!name.startsWith(base)) continue;
      const [first = '', ...rest] = name.slice(base.length).split('/');
      entries.set(first, rest.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...entries];
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.#files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound(path);
    return file.bytes;
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    this.#files.set(uri.path, { bytes, mtime: Date.now() });
    this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  createDirectory(): void {
    // A folder is there as soon as a file is in it.
  }

  delete({ path }: vscode.Uri): void {
    this.#files.delete(path);
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
}
