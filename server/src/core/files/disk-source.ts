import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { blobIdOf } from './blob-id.ts';
import { explainFile } from './explain-file.ts';
import { skipByName } from './file-kinds.ts';
import type {
  FileSource,
  FileText,
  FileVerdict,
  FolderSnapshot,
  Listing,
  SkippedFile,
} from './file-source.ts';
import { FewAtOnce } from './few-at-once.ts';
import { FolderRules } from './folder-rules.ts';
import { takeGitSnapshot } from './git-snapshot.ts';
import { IgnoreRules, type ExcludePattern } from './ignore-rules.ts';
import { lookAtFiles, thoseThatAreFiles, type Found } from './look-at-files.ts';
import { namesOnDisk } from './names-on-disk.ts';
import { readCapped } from './read-capped.ts';
import { isSecretPath } from './secret-names.ts';
import { textOfBytes } from './text-of.ts';
import { walkFolder } from './walk-folder.ts';

/** Node reads four at a time anyway; more would only hold file descriptors. */
const OPEN_FILES = 6;

export interface DiskSourceConfig {
  /** Absolute path. */
  readonly folder: string;
  /** What to leave out, beside what ignore files say. */
  readonly exclude: readonly ExcludePattern[];
  readonly maxFileSizeKb: number;
  /** Whether git may be asked what changed: not in a folder that is not trusted. Default false. */
  readonly git?: boolean;
}

/** Parts that no path of a file of the workspace has. */
const NO_NAMES: ReadonlySet<string> = new Set(['', '.', '..', '.git']);

/** A folder on disk. Symbolic links are not followed; only regular files are opened. */
export function openDiskSource(config: DiskSourceConfig): FileSource {
  return new DiskSource(config);
}

class DiskSource implements FileSource {
  readonly #reads = new FewAtOnce(OPEN_FILES);
  readonly #config: DiskSourceConfig;
  readonly #maxBytes: number;
  readonly #excluded: IgnoreRules;
  /** As the last look at the folder found it: the files it listed are read below it. */
  #root: Promise<string> | null = null;

  constructor(config: DiskSourceConfig) {
    this.#config = config;
    this.#maxBytes = config.maxFileSizeKb * 1024;
    this.#excluded = IgnoreRules.of(config.exclude);
  }

  async snapshot(signal: AbortSignal): Promise<FolderSnapshot | null> {
    if (this.#config.git !== true) return null;
    const root = await this.#realRoot();
    const taken = await takeGitSnapshot(
      { root, excluded: this.#excluded, maxBytes: this.#maxBytes },
      signal,
    );
    if (!taken) return null;
    // What is taken and what is left out depends on the settings, too.
    const { exclude, maxFileSizeKb } = this.#config;
    const settings = JSON.stringify([exclude, maxFileSizeKb]);
    const id = createHash('sha256').update(taken.id).update(settings).digest('hex');
    return { ...taken, id };
  }

  async list(signal: AbortSignal): Promise<Listing> {
    const listing: Listing = { files: [], clean: [], skipped: [] };
    const root = await this.#realRoot();
    const rules = await FolderRules.of({ root, excluded: this.#excluded });
    await walkFolder({ root, rules, maxBytes: this.#maxBytes }, '', listing, signal);
    return listing;
  }

  async stat(paths: readonly string[], signal?: AbortSignal): Promise<Found> {
    const found: Found = { files: [], skipped: [] };
    const root = await this.#realRoot();
    const rules = await FolderRules.of({ root, excluded: this.#excluded, proveFolders: true });
    const wanted: string[] = [];
    const leftOut: SkippedFile[] = [];
    for (const path of await namesOnDisk(root, paths.filter(mayBeFile))) {
      const here = await rules.of(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
      // As in a walk, a file in a folder that is not entered is not heard of.
      if (!here) continue;
      const reason = rules.reasonFor(path, here);
      if (reason === null) wanted.push(path);
      else leftOut.push({ path, reason });
    }
    await lookAtFiles(root, wanted, this.#maxBytes, found, signal);
    found.skipped.push(...(await thoseThatAreFiles(root, leftOut, signal)));
    return found;
  }

  async read(path: string, blob?: string): Promise<FileText> {
    const byName = isSecretPath(path) ? 'secretName' : skipByName(path);
    if (byName) return { kind: 'skipped', reason: byName };
    const root = await (this.#root ?? this.#realRoot());
    const read = await this.#reads.run(() => readCapped(root, join(root, path), this.#maxBytes));
    switch (read.kind) {
      case 'missing':
        return { kind: 'missing' };
      case 'tooLarge':
      case 'unreadable':
        return { kind: 'skipped', reason: read.kind };
      case 'bytes': {
        if (isSecretPath(read.realPath)) return { kind: 'skipped', reason: 'secretName' };
        return { ...textOfBytes(path, read.bytes), blob: blobIdOf(read.bytes, blob) };
      }
      default:
        return read satisfies never;
    }
  }

  async explain(path: string): Promise<FileVerdict> {
    const root = await this.#realRoot();
    const rules = await FolderRules.of({ root, excluded: this.#excluded, proveFolders: true });
    const verdict = await explainFile({ root, rules, maxBytes: this.#maxBytes }, path);
    if (verdict.kind !== 'taken') return verdict;
    const read = await this.read(path);
    if (read.kind === 'text') return verdict;
    return read.kind === 'missing' ? read : { ...read, rule: null };
  }

  #realRoot(): Promise<string> {
    const { folder } = this.#config;
    this.#root = realpath(folder).catch((cause: unknown) => {
      this.#root = null;
      throw new Failure('badSettings', `the folder ${folder} cannot be opened`, { cause });
    });
    return this.#root;
  }
}

function mayBeFile(path: string): boolean {
  return !path.split('/').some((name) => NO_NAMES.has(name));
}
