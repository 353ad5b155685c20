import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkspaceFolder } from 'vscode-languageserver/node';

/** The client's workspace folders that are on this machine's disk. */
export class WorkspaceFolders {
  /** Absolute path by URI. */
  readonly #paths = new Map<string, string>();

  set(folders: readonly WorkspaceFolder[]): void {
    this.#paths.clear();
    this.change(folders, []);
  }

  change(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    for (const { uri } of removed) this.#paths.delete(uri);
    for (const { uri } of added) {
      const folder = pathOfUri(uri);
      if (folder !== null) this.#paths.set(uri, folder);
    }
  }

  get paths(): readonly string[] {
    return [...this.#paths.values()];
  }

  /** Paths of these folder URIs; all folders when none is named. */
  named(uris: readonly string[]): readonly string[] {
    if (uris.length === 0) return this.paths;
    return uris.flatMap((uri) => this.#paths.get(uri) ?? []);
  }

  /** The innermost folder a file is in, with its path relative to it, forward slashes. */
  locate(uri: string): { folder: string; path: string } | null {
    const file = pathOfUri(uri);
    if (file === null) return null;
    const holders = this.paths.filter((folder) => isInside(folder, file));
    const folder = holders.sort((a, b) => b.length - a.length)[0];
    if (folder === undefined) return null;
    return { folder, path: path.relative(folder, file).split(path.sep).join('/') };
  }
}

/** Null for anything but a file on disk: `git:`, `untitled:` and the like never reach the disk. */
function pathOfUri(uri: string): string | null {
  if (!URL.canParse(uri) || new URL(uri).protocol !== 'file:') return null;
  return fileURLToPath(uri);
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith(`..`) && !path.isAbsolute(relative);
}
