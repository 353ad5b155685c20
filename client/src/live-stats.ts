import * as vscode from 'vscode';
import type { Stats } from '../../server/protocol/stats.ts';
import type { ServerApi } from './server-api.ts';
import type { ServerProcess } from './server-process.ts';

/** The newest figures; every surface draws from here. */
export class LiveStats {
  readonly #api: ServerApi;
  readonly #changes = new vscode.EventEmitter<Stats>();
  readonly onDidChange = this.#changes.event;
  #latest: Stats | null = null;

  constructor(api: ServerApi, server: ServerProcess, log: vscode.LogOutputChannel) {
    this.#api = api;
    api.onStatsChanged((stats) => {
      this.#take(stats);
    });
    server.onDidChangeState((state) => {
      if (state !== 'running') return;
      this.refresh(new AbortController().signal).catch((error: unknown) => {
        log.warn(`statistics: ${String(error)}`);
      });
    });
  }

  /** Null until the server has answered once. */
  get latest(): Stats | null {
    return this.#latest;
  }

  /** Asks the server, starting it if need be. */
  async refresh(signal: AbortSignal): Promise<Stats> {
    const stats = await this.#api.request('embeddingCache/stats', null, signal);
    this.#take(stats);
    return stats;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #take(stats: Stats): void {
    this.#latest = stats;
    this.#changes.fire(stats);
  }
}
