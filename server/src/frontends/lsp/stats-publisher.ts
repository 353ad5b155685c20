import type { Connection } from 'vscode-languageserver/node';
import type { SkipReason, Stats, WorkspaceState } from '../../../protocol/stats.ts';
import type { Core } from '../../core/core.ts';
import { failureOf, type FailureKind } from '../../core/errors.ts';
import type { Session } from './session.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

const INTERVAL_MS = 1000;
/** After a start the first search goes first. */
const FIRST_AFTER_MS = 400;

/** What an indexing run is doing, told by whoever runs it. */
export type Activity =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'indexing';
      readonly done: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    }
  | { readonly kind: 'failed'; readonly error: FailureKind };

export interface StatsPublisherDeps {
  readonly connection: Connection;
  readonly session: Session;
  readonly folders: WorkspaceFolders;
}

/** The one live truth: gathers `Stats`, and sends them at most once a second while they change. */
export class StatsPublisher {
  readonly #deps: StatsPublisherDeps;
  #activity: Activity = { kind: 'idle' };
  #timer: NodeJS.Timeout | null = null;
  #sentAt = performance.now() + FIRST_AFTER_MS - INTERVAL_MS;
  #stopped = false;

  constructor(deps: StatsPublisherDeps) {
    this.#deps = deps;
    deps.session.onChange(() => {
      this.changed();
    });
  }

  setActivity(activity: Activity): void {
    this.#activity = activity;
    this.changed();
  }

  /** New settings: an old failure says nothing about them. */
  reset(): void {
    this.setActivity({ kind: 'idle' });
  }

  changed(): void {
    if (this.#timer || this.#stopped) return;
    const wait = Math.max(50, this.#sentAt + INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sentAt = performance.now();
      void this.#send();
    }, wait);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async gather(): Promise<Stats> {
    const { core } = await this.#deps.session.core();
    const { host, ...provider } = core.provider;
    return {
      ...(await core.stats()),
      provider: { ...provider, ...(host === null ? {} : { host }) },
      workspace: await this.#workspaceState(core),
    };
  }

  async #send(): Promise<void> {
    try {
      const stats = await this.gather();
      if (!this.#stopped) {
        await this.#deps.connection.sendNotification('embeddingCache/statsChanged', stats);
      }
    } catch (error) {
      // The request that meets the same failure is answered with it; here nobody asked.
      this.#deps.connection.console.debug(`statistics: ${failureOf(error).message}`);
    }
  }

  async #workspaceState(core: Core): Promise<WorkspaceState> {
    const folders = this.#deps.folders.paths;
    if (folders.length === 0) return { kind: 'noWorkspace' };
    const byReason: Partial<Record<SkipReason, number>> = {};
    const counts = { files: 0, chunks: 0, skipped: 0, skippedByReason: byReason, looksSecret: 0 };
    let indexed = false;
    try {
      for (const folder of folders) {
        const state = await core.folderState(folder);
        counts.files += state.files;
        counts.chunks += state.chunks;
        counts.skipped += state.skipped;
        counts.looksSecret += state.looksSecret;
        for (const [reason, files] of Object.entries(state.skippedByReason)) {
          byReason[reason as SkipReason] = (byReason[reason as SkipReason] ?? 0) + files;
        }
        indexed ||= state.indexed;
      }
    } catch (error) {
      return { kind: 'failed', error: failureOf(error).kind, ...counts };
    }
    switch (this.#activity.kind) {
      case 'indexing': {
        const { done, total } = this.#activity;
        if (this.#deps.session.gate.paused) return { kind: 'paused', done, total, ...counts };
        return { ...this.#activity, ...counts };
      }
      case 'failed':
        return { ...this.#activity, ...counts };
      case 'idle':
        return indexed ? { kind: 'ready', ...counts } : { kind: 'notIndexed' };
      default:
        return this.#activity satisfies never;
    }
  }
}
