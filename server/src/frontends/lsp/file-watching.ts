import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { IndexReport } from '../../core/core.ts';
import type { Logger } from '../../core/logger.ts';
import { Failure, failureOf } from '../../core/errors.ts';
import { isFolderUri } from '../../core/folder-source.ts';
import { isIgnoreFile } from '../../core/files/ignore-rules.ts';
import { isDear } from './background-cost.ts';
import { CheckTimer } from './check-timer.ts';
import type { Session } from './session.ts';
import type { StatsPublisher } from './stats-publisher.ts';
import { whyNoWatch } from './watch-probe.ts';
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
  /** Told once when the system has no watches left. */
  readonly onProblem: (problem: Failure) => void;
}

/** Keeps indexed folders up to date while files change. */
export class FileWatching {
  readonly #deps: FileWatchingDeps;
  readonly #checks: CheckTimer;
  #paths = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;
  /** Why the system gives no watch, once it has refused one: an editor does not ask it again. */
  #whyUnwatched: string | null = null;
  #told = false;
  /** Folders whose changes wait for “Index Workspace”, because they would cost too much unasked. */
  readonly #waiting = new Set<string>();

  constructor(deps: FileWatchingDeps) {
    this.#deps = deps;
    this.#checks = new CheckTimer(() => this.#checkAll());
  }

  /** To be called when the folders are known. */
  start(): void {
    this.#checks.start(this.#isUnwatched());
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

  /** Whether nobody tells of changes: no watches are left, or something had changed untold. */
  async #checkAll(): Promise<boolean> {
    let found = this.#isUnwatched();
    if (this.#deps.session.gate.paused) return found;
    for (const folder of this.#deps.folders.paths) {
      const told = this.#paths.size > 0 || this.#timer !== null;
      const report = await this.#bringUpToDate(folder, null);
      found ||= !told && report !== null && report.files.indexed > 0;
      if (report !== null) this.#tellIfUnwatched();
    }
    return found;
  }

  #isUnwatched(): boolean {
    const folder = this.#deps.folders.paths.find((each) => !isFolderUri(each));
    if (folder !== undefined) this.#whyUnwatched ??= whyNoWatch(folder);
    return this.#whyUnwatched !== null;
  }

  #tellIfUnwatched(): void {
    if (this.#whyUnwatched === null || this.#told) return;
    this.#told = true;
    const words = `the system gives no file watch (${this.#whyUnwatched}): files are looked at every few seconds instead. On Linux, raise fs.inotify.max_user_watches (ENOSPC) or fs.inotify.max_user_instances (EMFILE)`;
    this.#deps.onProblem(new Failure('noWatches', words));
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
      const unasked = whole ? null : paths;
      if (await isDear(core, folder, unasked, this.#deps.session.confirmAboveUsd, signal)) {
        this.#waiting.add(folder);
        this.#deps.logger.info(
          'changed files wait for “Index Workspace”: they would cost too much',
        );
        this.#deps.stats.setActivity({ kind: 'failed', error: 'confirmCost' });
        return null;
      }
      const report = whole
        ? await core.index(folder, { signal })
        : await core.refresh(folder, [...paths], signal);
      if (whole && this.#waiting.delete(folder) && this.#waiting.size === 0) {
        this.#deps.stats.setActivity({ kind: 'idle' });
      }
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
