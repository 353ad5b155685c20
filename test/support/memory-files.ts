import type { ClientFiles, FolderContent } from '../../server/src/core/files/client-source.ts';

/** A client's file system in memory, which counts what it is asked. */
export class MemoryFiles implements ClientFiles {
  readonly files = new Map<string, Buffer>();
  /** Paths of each reading message. */
  readonly messages: (readonly string[])[] = [];

  list(_root: string, folders: readonly string[]): Promise<(FolderContent | null)[]> {
    return Promise.resolve(folders.map((folder) => this.#contentOf(folder)));
  }

  read: ClientFiles['read'] = (_root, paths, maxBytes) => {
    this.messages.push(paths);
    return Promise.resolve(
      paths.map((path) => {
        const bytes = this.files.get(path);
        if (!bytes) return { kind: 'missing' };
        return bytes.length > maxBytes ? { kind: 'tooLarge' } : { kind: 'bytes', bytes };
      }),
    );
  };

  #contentOf(folder: string): FolderContent | null {
    const base = folder === '' ? '' : `${folder}/`;
    const files: FolderContent['files'][number][] = [];
    const folders = new Set<string>();
    for (const [path, { length }] of this.files) {
      if (!path.startsWith(base)) continue;
      const [name = '', ...rest] = path.slice(base.length).split('/');
      if (rest.length > 0) folders.add(name);
      else files.push({ name, size: length, mtimeMs: 1 });
    }
    return files.length + folders.size === 0 && folder !== ''
      ? null
      : { files, folders: [...folders] };
  }
}
