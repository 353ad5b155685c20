import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { WorkspaceFolders } from '../../../server/src/frontends/lsp/workspace-folders.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

let root: string;
beforeEach(() => {
  root = tempDirectory();
});

function foldersAt(...paths: string[]): WorkspaceFolders {
  const folders = new WorkspaceFolders();
  folders.set(paths.map((name) => ({ uri: pathToFileURL(name).href, name })));
  return folders;
}

describe('workspace folders', () => {
  it('give a file to the innermost folder, and to it alone', () => {
    mkdirSync(path.join(root, 'outer/inner/deep'), { recursive: true });
    const [outer, inner] = [path.join(root, 'outer'), path.join(root, 'outer/inner')];
    const folders = foldersAt(outer, inner, path.join(root, 'outer-too'));
    const locate = (file: string) => folders.locate(pathToFileURL(path.join(root, file)).href);
    expect(locate('outer/inner/deep/a.ts')).toEqual({ folder: inner, path: 'deep/a.ts' });
    expect(locate('outer/a.ts')).toEqual({ folder: outer, path: 'a.ts' });
    expect(locate('outer/..odd/a.ts')).toEqual({ folder: outer, path: '..odd/a.ts' });
    expect(locate('other/a.ts')).toBeNull();
    expect(folders.within(outer)).toEqual(['inner']);
    expect(folders.within(inner)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('know one folder by two names as one', () => {
    mkdirSync(path.join(root, 'real'));
    symlinkSync('real', path.join(root, 'link'));
    const folders = foldersAt(path.join(root, 'link'), path.join(root, 'real'));
    expect(folders.paths).toEqual([path.join(root, 'real')]);
    expect(folders.uriOf(path.join(root, 'real'), 'a.ts')).toBe(
      pathToFileURL(path.join(root, 'link/a.ts')).href,
    );
  });

  it.each([
    'git:/w/a.ts',
    'untitled:Untitled-1',
    'vscode-vfs://github/a/b.ts',
    'file://host/w/a.ts',
    'no uri',
    'file:///w/%2Fetc',
  ])('never take %s for a file on disk', (uri) => {
    expect(foldersAt('/w').locate(uri)).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('find any name again by its URI', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter(
      // No file has such a name; lone surrogates do not survive UTF-8.
      (text) => !/[/\0]/.test(text) && text !== '.' && text !== '..' && text.isWellFormed(),
    );
    const folders = foldersAt(root);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const file = names.join('/');
        expect(folders.locate(folders.uriOf(root, file))).toEqual({ folder: root, path: file });
      }),
    );
  });
});
