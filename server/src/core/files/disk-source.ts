import type { Stats } from 'node:fs';
import { lstat, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { decodeText } from './decode-text.ts';
import { looksGenerated, skipByName } from './file-kinds.ts';
import type { FileEntry, FileSource, FileText, SkippedFile, SkipReason } from './file-source.ts';
import { IGNORE_FILES, IgnoreRules } from './ignore-rules.ts';
import { failureOfRead, readCapped } from './read-capped.ts';
import { isSecretFolder, isSecretPath } from './secret-names.ts';
import { isToolFolder } from './tool-folders.ts';

export interface DiskSourceConfig {
  /** Absolute path. */
  readonly folder: string;
  /** Globs to leave out, beside what ignore files say. Matched as lines of an ignore file. */
  readonly exclude: readonly string[];
  readonly maxFileSizeKb: number;
}

interface Listing {
  readonly files: FileEntry[];
  readonly skipped: SkippedFile[];
}

interface Folder {
  /** Relative to the root; '' for the root. */
  readonly path: string;
  readonly rules: IgnoreRules;
}

const STATS_AT_ONCE = 64;
const IGNORE_FILE_MAX_BYTES = 1 << 20;

/** A folder on disk. Symbolic links are not followed; only regular files are opened. */
export function openDiskSource(config: DiskSourceConfig): FileSource {
  return new DiskSource(config);
}

class DiskSource implements FileSource {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #excluded: IgnoreRules;

  constructor(config: DiskSourceConfig) {
    this.#folder = config.folder;
    this.#maxBytes = config.maxFileSizeKb * 1024;
    this.#excluded = IgnoreRules.of(config.exclude);
  }

  async list(signal: AbortSignal): Promise<Listing> {
    const listing: Listing = { files: [], skipped: [] };
    const root = await this.#realRoot();
    const waiting: Folder[] = [{ path: '', rules: IgnoreRules.none() }];
    for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
      signal.throwIfAborted();
      const names = await this.#namesIn(root, folder.path, listing);
      const rules = await this.#rulesIn(root, folder, new Set(names.files));
      const inFolder = (name: string) => (folder.path === '' ? name : `${folder.path}/${name}`);
      for (const name of names.folders.reverse()) {
        if (this.#enters(inFolder(name), name, rules))
          waiting.push({ path: inFolder(name), rules });
      }
      await this.#sortOut(root, names.files.map(inFolder), rules, listing, signal);
    }
    return listing;
  }

  async stat(paths: readonly string[]): Promise<Listing> {
    const listing: Listing = { files: [], skipped: [] };
    const root = await this.#realRoot();
    const known = new Map<string, Promise<IgnoreRules | null>>();
    for (const path of new Set(paths)) {
      const names = path.split('/');
      if (names.some((name) => name === '' || name === '.' || name === '..')) continue;
      const folder = names.slice(0, -1).join('/');
      const rules = await this.#rulesOf(root, folder, known);
      if (rules) await this.#sortOut(root, [path], rules, listing);
      else if (await isFile(join(root, path))) listing.skipped.push({ path, reason: 'ignored' });
    }
    return listing;
  }

  async read(path: string): Promise<FileText> {
    const byName = isSecretPath(path) ? 'secretName' : skipByName(path);
    if (byName) return skipped(byName);
    const root = await this.#realRoot();
    const read = await readCapped(root, join(root, path), this.#maxBytes);
    switch (read.kind) {
      case 'missing':
        return { kind: 'missing' };
      case 'tooLarge':
      case 'unreadable':
        return skipped(read.kind);
      case 'bytes': {
        if (isSecretPath(read.realPath)) return skipped('secretName');
        const text = decodeText(read.bytes);
        if (text === null) return skipped('binary');
        return looksGenerated(path, text) ? skipped('generated') : { kind: 'text', text };
      }
      default:
        return read satisfies never;
    }
  }

  async #realRoot(): Promise<string> {
    try {
      return await realpath(this.#folder);
    } catch (cause) {
      throw new Failure('badSettings', `the folder ${this.#folder} cannot be opened`, { cause });
    }
  }

  /** One folder at a time is open, so that descriptors never run out on a deep tree. */
  async #namesIn(
    root: string,
    folder: string,
    listing: Listing,
  ): Promise<{ files: string[]; folders: string[] }> {
    const files: string[] = [];
    const folders: string[] = [];
    try {
      for await (const entry of await opendir(join(root, folder), { bufferSize: 256 })) {
        if (entry.isDirectory()) folders.push(entry.name);
        else if (entry.isFile()) files.push(entry.name);
      }
    } catch (error) {
      if (failureOfRead(error).kind === 'unreadable') {
        listing.skipped.push({ path: folder, reason: 'unreadable' });
      }
    }
    return { files: files.sort(), folders: folders.sort() };
  }

  #enters(path: string, name: string, rules: IgnoreRules): boolean {
    return (
      !isToolFolder(name) &&
      !isSecretFolder(name) &&
      !this.#excluded.ignoresFolder(path) &&
      !rules.ignoresFolder(path)
    );
  }

  async #sortOut(
    root: string,
    paths: readonly string[],
    rules: IgnoreRules,
    listing: Listing,
    signal?: AbortSignal,
  ): Promise<void> {
    const candidates: string[] = [];
    for (const path of paths) {
      const reason = this.#skipUnseen(path, rules);
      if (reason === null) candidates.push(path);
      else if (signal || (await isFile(join(root, path)))) listing.skipped.push({ path, reason });
    }
    for (let at = 0; at < candidates.length; at += STATS_AT_ONCE) {
      signal?.throwIfAborted();
      const some = candidates.slice(at, at + STATS_AT_ONCE);
      const facts = await Promise.all(some.map((path) => statOf(join(root, path))));
      for (const [i, path] of some.entries()) this.#judge(path, facts[i]!, listing);
    }
  }

  #skipUnseen(path: string, rules: IgnoreRules): SkipReason | null {
    if (isSecretPath(path)) return 'secretName';
    if (this.#excluded.ignoresFile(path) || rules.ignoresFile(path)) return 'ignored';
    return skipByName(path);
  }

  #judge(path: string, facts: Stats | 'missing' | 'unreadable', listing: Listing): void {
    if (facts === 'unreadable') listing.skipped.push({ path, reason: 'unreadable' });
    // A name that is no valid Unicode is listed under a replacement character and never found.
    else if (facts === 'missing') {
      if (path.includes('\uFFFD')) listing.skipped.push({ path, reason: 'unreadable' });
    } else if (!facts.isFile()) return;
    else if (facts.size > this.#maxBytes) listing.skipped.push({ path, reason: 'tooLarge' });
    else listing.files.push({ path, size: facts.size, mtimeMs: facts.mtimeMs });
  }

  /** The folder's own ignore files on top of what holds above it. */
  async #rulesIn(root: string, folder: Folder, names?: Set<string>): Promise<IgnoreRules> {
    let rules = folder.rules;
    for (const name of IGNORE_FILES) {
      if (names && !names.has(name)) continue;
      const read = await readCapped(root, join(root, folder.path, name), IGNORE_FILE_MAX_BYTES);
      const text = read.kind === 'bytes' ? decodeText(read.bytes) : null;
      if (text !== null) rules = rules.extend(folder.path, text);
    }
    return rules;
  }

  /** Rules in a folder reached from the root; null when a folder on the way is left out. */
  #rulesOf(
    root: string,
    folder: string,
    known: Map<string, Promise<IgnoreRules | null>>,
  ): Promise<IgnoreRules | null> {
    let rules = known.get(folder);
    if (rules === undefined) {
      rules = this.#findRules(root, folder, known);
      known.set(folder, rules);
    }
    return rules;
  }

  async #findRules(
    root: string,
    folder: string,
    known: Map<string, Promise<IgnoreRules | null>>,
  ): Promise<IgnoreRules | null> {
    if (folder === '') return this.#rulesIn(root, { path: '', rules: IgnoreRules.none() });
    const slash = folder.lastIndexOf('/');
    const above = await this.#rulesOf(root, slash < 0 ? '' : folder.slice(0, slash), known);
    if (!above || !this.#enters(folder, folder.slice(slash + 1), above)) return null;
    const facts = await statOf(join(root, folder));
    if (typeof facts === 'string' || !facts.isDirectory()) return null;
    return this.#rulesIn(root, { path: folder, rules: above });
  }
}

async function statOf(absolutePath: string): Promise<Stats | 'missing' | 'unreadable'> {
  try {
    return await lstat(absolutePath);
  } catch (error) {
    return failureOfRead(error).kind;
  }
}

async function isFile(absolutePath: string): Promise<boolean> {
  const facts = await statOf(absolutePath);
  return typeof facts !== 'string' && facts.isFile();
}

function skipped(reason: SkipReason): FileText {
  return { kind: 'skipped', reason };
}
