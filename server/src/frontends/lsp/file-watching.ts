import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { IndexReport } from '../../core/core.ts';
import type { Logger } from '../../core/logger.ts';
import { failureOf } from '../../core/errors.ts';
import { isFolderUri } from '../../core/folder-source.ts';
import { isIgnoreFile } from '../../core/files/ignore-rules.ts';
import { CheckTimer } from './check-timer.ts';
import type { Session } from './session.ts';
import type { StatsPublisher } from './stats-publisher.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

/** Long enough to take a branch switch as one change, short enough to feel at once on save. */
const SETTLE_MS = 150;
/** From here on, looking at the whole folder is cheaper than looking at each path. */
const MANY = 200;

export interface FileWatchingDeps {
  readonly session: Session;
  readonly folders: WorkspaceFolders;
  readonly stats: StatsPublisher;
  readonly logger: Logger;
  /** Shortens the times between checks, for tests. */
  readonly checkScale?: number | undefined;
}

/** Keeps indexed folders up to date while files change. */
export class FileWatching {
  readonly #deps: FileWatchingDeps;
  readonly #checks: CheckTimer;
  #paths = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: FileWatchingDeps) {
    this.#deps = deps;
    this.#checks = new CheckTimer(() => this.#checkAll(), deps.checkScale);
    this.#checks.start();
  }

  changed(uris: readonly string[]): void {
    for (const uri of uris) {
      const place = this.#deps.folders.locate(uri);
      if (!place) continue;
      const paths = this.#paths.get(place.folder) ?? new Set();
      this.#paths.set(place.folder, paths.add(place.path));
    }
    if (this.#paths.size === 0) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), SETTLE_MS);
  }

  stop(): void {
    this.#checks.stop();
    if (this.#timer) clearTimeout(this.#timer);
    this.#paths.clear();
  }

  async #refresh(): Promise<void> {
    const changes = this.#paths;
    this.#paths = new Map();
    for (const [folder, paths] of changes) await this.#bringUpToDate(folder, paths);
  }

  /** Whether anything had changed without being told of. */
  async #checkAll(): Promise<boolean> {
    let found = false;
    if (this.#deps.session.gate.paused) return found;
    for (const folder of this.#deps.folders.paths) {
      const told = this.#paths.size > 0 || this.#timer !== null;
      const report = await this.#bringUpToDate(folder, null);
      found ||= !told && report !== null && report.files.indexed > 0;
    }
    return found;
  }

  /** Looks at these paths, or at the whole folder. Null where nothing was looked at. */
  async #bringUpToDate(
    folder: string,
    paths: ReadonlySet<string> | null,
  ): Promise<IndexReport | null> {
    try {
      const { core, signal } = await this.#deps.session.core();
      // A folder nobody asked to index is not indexed because a file in it was saved.
      if (!(await core.folderState(folder)).indexed) return null;
      const whole = paths === null || (await concernsWhole(folder, paths));
      const report = whole
        ? await core.index(folder, { signal })
        : await core.refresh(folder, [...paths], signal);
      if (report.withheld.overBudget > 0) {
        this.#deps.stats.setActivity({ kind: 'failed', error: 'overBudget' });
      }
      return report;
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return null;
      const failure = failureOf(error);
      this.#deps.logger.warn(`updating the index: ${failure.message}`);
      this.#deps.stats.setActivity({ kind: 'failed', error: failure.kind });
      return null;
    }
  }
}

/**
 * A folder that was moved in is told of by its own name alone, so its files must be looked for; an
 * ignore file decides over others.
 */
async function concernsWhole(root: string, paths: ReadonlySet<string>): Promise<boolean> {
  if (paths.size > MANY) return true;
  for (const name of paths) {
    if (isIgnoreFile(name)) return true;
    // In a file system that is not here, the next check finds what a folder moved in has brought.
    if (isFolderUri(root)) continue;
    const facts = await stat(path.join(root, name)).catch(() => null);
    if (facts?.isDirectory() === true) return true;
  }
  return false;
}
