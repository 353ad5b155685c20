import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { WorkspaceFolder } from 'vscode-languageserver/node';

interface Folder {
  /** As the client names it. */
  readonly named: string;
  /** The same with symbolic links resolved: a folder opened by two names is one. */
  readonly real: string;
}

/**
 * The client's workspace folders. One on this machine's disk goes by its path, one of another file
 * system by its URI.
 */
export class WorkspaceFolders {
  readonly #folders = new Map<string, Folder>();

  set(folders: readonly WorkspaceFolder[]): void {
    this.#folders.clear();
    this.change(folders, []);
  }

  change(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    for (const { uri } of removed) this.#folders.delete(uri);
    for (const { uri } of added) {
      const named = pathOfUri(uri);
      if (named !== null) this.#folders.set(uri, { named, real: realPath(named) });
      else if (!uri.startsWith('file:')) this.#folders.set(uri, { named: uri, real: uri });
    }
  }

  /** Absolute, links resolved, each once. */
  get paths(): readonly string[] {
    return [...new Set([...this.#folders.values()].map(({ real }) => real))];
  }

  /** Paths of these folder URIs; all folders when none is named. */
  named(uris: readonly string[]): readonly string[] {
    if (uris.length === 0) return this.paths;
    return [...new Set(uris.flatMap((uri) => this.#folders.get(uri)?.real ?? []))];
  }

  /** Folders within this one, relative to it: their files are theirs alone. */
  within(folder: string): readonly string[] {
    if (this.#folders.has(folder)) {
      return [...this.#folders.keys()].flatMap((other) => pathWithin(folder, other) ?? []);
    }
    return this.paths
      .filter((other) => !this.#folders.has(other) && isInside(folder, other))
      .map((other) => relativePath(folder, other));
  }

  /** The innermost folder a file is in, with its path relative to it, forward slashes. */
  locate(uri: string): { folder: string; path: string } | null {
    const file = pathOfUri(uri);
    if (file === null) return this.#locateElsewhere(uri);
    const holders = [...this.#folders.values()].flatMap(({ named, real }) =>
      [named, real]
        .filter((name) => isInside(name, file))
        .map((name) => ({ folder: real, path: relativePath(name, file) })),
    );
    return holders.sort((a, b) => b.folder.length - a.folder.length)[0] ?? null;
  }

  #locateElsewhere(uri: string): { folder: string; path: string } | null {
    const holders = [...this.#folders.keys()].flatMap((folder) => {
      const within = folder.startsWith('file:') ? null : pathWithin(folder, uri);
      return within === null ? [] : { folder, path: within };
    });
    return holders.sort((a, b) => b.folder.length - a.folder.length)[0] ?? null;
  }

  /** The URI of a file as the client would name it. */
  uriOf(folder: string, file: string): string {
    const named = [...this.#folders.values()].find(({ real }) => real === folder)?.named;
    // By hand: a URL parser cuts control characters off the end of a name.
    const names = file.split('/').map(encodeURIComponent);
    const root = named ?? folder;
    const base = this.#folders.has(root) ? root : pathToFileURL(root).href;
    return [base.replace(/\/$/, ''), ...names].join('/');
  }
}

function pathWithin(folder: string, uri: string): string | null {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  if (!uri.startsWith(base) || uri === base) return null;
  try {
    return uri.slice(base.length).split('/').map(decodeURIComponent).join('/');
  } catch {
    // Not well escaped: nothing of ours has such a name.
    return null;
  }
}

/** Null for anything but a file on disk: `git:`, `untitled:` and the like never reach the disk. */
function pathOfUri(uri: string): string | null {
  if (!URL.canParse(uri) || new URL(uri).protocol !== 'file:') return null;
  try {
    return fileURLToPath(uri);
  } catch {
    // A host that is not this machine, or an escaped slash: nothing of ours has such a name.
    return null;
  }
}

/** A folder that cannot be opened keeps its name; whoever needs it will say so. */
function realPath(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative);
}

function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
