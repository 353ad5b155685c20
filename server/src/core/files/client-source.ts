import { blobIdOf } from './blob-id.ts';
import { decodeText } from './decode-text.ts';
import { skipByName } from './file-kinds.ts';
import type {
  FileEntry,
  FileSource,
  FileText,
  FileVerdict,
  FolderSnapshot,
  Listing,
  SkippedFile,
} from './file-source.ts';
import { FolderRules } from './folder-rules.ts';
import { IgnoreRules, type ExcludePattern } from './ignore-rules.ts';
import { ReadAhead } from './read-ahead.ts';
import { isSecretFolder, isSecretPath } from './secret-names.ts';
import { textOfBytes } from './text-of.ts';
import { isToolFolder } from './tool-folders.ts';

/** What is in one folder; symbolic links and special files are left out. */
export interface FolderContent {
  readonly files: readonly { name: string; size: number; mtimeMs: number }[];
  readonly folders: readonly string[];
}

export type ClientRead =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' | 'unreadable' | 'missing' };

/** A file system that only the client can reach. `root` is a URI, paths are relative to it. */
export interface ClientFiles {
  /** One answer per folder ('' is the root), in order; null for one that cannot be opened. */
  list(root: string, folders: readonly string[]): Promise<readonly (FolderContent | null)[]>;
  /** One answer per path, in order. */
  read(root: string, paths: readonly string[], maxBytes: number): Promise<readonly ClientRead[]>;
}

export interface ClientSourceConfig {
  /** URI of the folder. */
  readonly folder: string;
  readonly files: ClientFiles;
  readonly exclude: readonly ExcludePattern[];
  readonly maxFileSizeKb: number;
}

/** Folders asked about in one message. */
const FOLDERS_AT_ONCE = 32;
const IGNORE_FILE_MAX_BYTES = 1 << 20;

/** A folder of a virtual or remote file system, read through the client. */
export function openClientSource(config: ClientSourceConfig): FileSource {
  return new ClientSource(config);
}

class ClientSource implements FileSource {
  readonly #config: ClientSourceConfig;
  readonly #excluded: IgnoreRules;
  readonly #ahead: ReadAhead<ClientRead>;

  constructor(config: ClientSourceConfig) {
    const { folder, files, exclude, maxFileSizeKb } = config;
    this.#config = config;
    this.#excluded = IgnoreRules.of(exclude);
    this.#ahead = new ReadAhead((paths) => files.read(folder, paths, maxFileSizeKb * 1024));
  }

  snapshot(): Promise<FolderSnapshot | null> {
    return Promise.resolve(null);
  }

  async list(signal: AbortSignal): Promise<Listing> {
    const listing: Listing = { files: [], clean: [], skipped: [] };
    const contents = new Map<string, FolderContent | null>();
    const rules = await this.#rules(contents);
    const waiting = [''];
    while (waiting.length > 0) {
      signal.throwIfAborted();
      const some = waiting.splice(0, FOLDERS_AT_ONCE);
      await this.#fill(contents, some);
      for (const folder of some) {
        const content = contents.get(folder);
        const here = await rules.of(folder);
        if (!content) listing.skipped.push({ path: folder, reason: 'unreadable' });
        if (!content || !here) continue;
        for (const file of content.files) {
          this.#judge(join(folder, file.name), file, rules, here, listing);
        }
        for (const name of content.folders) {
          if (rules.enters(join(folder, name), here)) waiting.push(join(folder, name));
        }
      }
    }
    return listing;
  }

  async stat(
    paths: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ files: FileEntry[]; skipped: SkippedFile[] }> {
    const found: Listing = { files: [], clean: [], skipped: [] };
    const contents = new Map<string, FolderContent | null>();
    const rules = await this.#rules(contents);
    const wanted = [...new Set(paths)].filter(isRelative);
    const folders = [...new Set(wanted.flatMap(foldersOf))];
    for (let at = 0; at < folders.length; at += FOLDERS_AT_ONCE) {
      signal?.throwIfAborted();
      await this.#fill(contents, folders.slice(at, at + FOLDERS_AT_ONCE));
    }
    for (const path of wanted) {
      const folder = folderOf(path);
      const here = await rules.of(folder);
      const file = contents.get(folder)?.files.find(({ name }) => join(folder, name) === path);
      if (here && file) this.#judge(path, file, rules, here, found);
    }
    return found;
  }

  async read(path: string, blob?: string): Promise<FileText> {
    const byName = isSecretPath(path) ? 'secretName' : skipByName(path);
    if (byName) return { kind: 'skipped', reason: byName };
    const read = await this.#ahead.read(path);
    switch (read.kind) {
      case 'missing':
        return { kind: 'missing' };
      case 'tooLarge':
      case 'unreadable':
        return { kind: 'skipped', reason: read.kind };
      case 'bytes':
        return { ...textOfBytes(path, read.bytes), blob: blobIdOf(read.bytes, blob) };
      default:
        return read satisfies never;
    }
  }

  expect(entries: readonly FileEntry[]): void {
    this.#ahead.expect(entries);
  }

  async explain(path: string): Promise<FileVerdict> {
    if (!isRelative(path)) return { kind: 'missing' };
    const contents = new Map<string, FolderContent | null>();
    const rules = await this.#rules(contents);
    await this.#fill(contents, foldersOf(path));
    for (const folder of foldersOf(path).slice(1)) {
      const name = folder.slice(folder.lastIndexOf('/') + 1);
      if (isToolFolder(name)) return { kind: 'toolFolder', folder };
      if (isSecretFolder(name)) return { kind: 'skipped', reason: 'secretName', rule: null };
      const rule = rules.lineFor(`${folder}/`, (await rules.of(folderOf(folder)))!);
      if (rule) return { kind: 'skipped', reason: 'ignored', rule };
    }
    const { files, skipped } = await this.stat([path]);
    const reason = skipped[0]?.reason;
    if (reason !== undefined) {
      const here = (await rules.of(folderOf(path)))!;
      const rule = reason === 'ignored' ? rules.lineFor(path, here) : null;
      return { kind: 'skipped', reason, rule };
    }
    if (files.length === 0) return { kind: 'missing' };
    const read = await this.read(path);
    if (read.kind === 'text') return { kind: 'taken' };
    return read.kind === 'missing' ? read : { kind: 'skipped', reason: read.reason, rule: null };
  }

  #judge(
    path: string,
    { size, mtimeMs }: { size: number; mtimeMs: number },
    rules: FolderRules,
    here: IgnoreRules,
    { files, skipped }: Listing,
  ): void {
    const tooLarge = size > this.#config.maxFileSizeKb * 1024 ? 'tooLarge' : null;
    const reason = rules.reasonFor(path, here) ?? tooLarge;
    if (reason === null) files.push({ path, size, mtimeMs });
    else skipped.push({ path, reason });
  }

  async #fill(contents: Map<string, FolderContent | null>, folders: readonly string[]) {
    const unknown = folders.filter((folder) => !contents.has(folder));
    if (unknown.length === 0) return;
    const answers = await this.#config.files.list(this.#config.folder, unknown);
    for (const [i, folder] of unknown.entries()) contents.set(folder, answers[i] ?? null);
  }

  /** Rules whose ignore files are read through the client, where its listing shows one. */
  #rules(contents: ReadonlyMap<string, FolderContent | null>): Promise<FolderRules> {
    const { folder: root, files } = this.#config;
    return FolderRules.of({
      root,
      excluded: this.#excluded,
      mayHold: (folder, name) =>
        contents.get(folder)?.files.some((file) => file.name === name) === true,
      readIgnoreFile: async (path) => {
        const [read] = await files.read(root, [path], IGNORE_FILE_MAX_BYTES);
        return read?.kind === 'bytes' ? decodeText(read.bytes) : null;
      },
    });
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** From the root ('') to the one that holds the path. */
function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return ['', ...names.map((_, i) => names.slice(0, i + 1).join('/'))];
}

function isRelative(path: string): boolean {
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}
