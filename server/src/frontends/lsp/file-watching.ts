import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../core/logger.ts';
import { failureOf } from '../../core/errors.ts';
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
}

/** Keeps indexed folders up to date while files change. */
export class FileWatching {
  readonly #deps: FileWatchingDeps;
  #paths = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: FileWatchingDeps) {
    this.#deps = deps;
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
    if (this.#timer) clearTimeout(this.#timer);
    this.#paths.clear();
  }

  async #refresh(): Promise<void> {
    const changes = this.#paths;
    this.#paths = new Map();
    for (const [folder, paths] of changes) {
      try {
        const { core, signal } = await this.#deps.session.core();
        // A folder nobody asked to index is not indexed because a file in it was saved.
        if (!(await core.folderState(folder)).indexed) continue;
        const whole = paths.size > MANY || (await holdsFolder(folder, paths));
        if (whole) await core.index(folder, { signal });
        else await core.refresh(folder, [...paths], signal);
      } catch (error) {
        if (error instanceof Error && error.name === 'AbortError') continue;
        const failure = failureOf(error);
        this.#deps.logger.warn(`updating the index: ${failure.message}`);
        this.#deps.stats.setActivity({ kind: 'failed', error: failure.kind });
      }
    }
  }
}

/** A folder that was moved in is told of by its own name alone: its files must be looked for. */
async function holdsFolder(root: string, paths: ReadonlySet<string>): Promise<boolean> {
  for (const name of paths) {
    const facts = await stat(path.join(root, name)).catch(() => null);
    if (facts?.isDirectory() === true) return true;
  }
  return false;
}
