import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type {
  Duplicates,
  DuplicatesParams,
  DuplicatesProgress,
} from '../../server/protocol/duplicates.ts';
import type { ErrorData } from '../../server/protocol/errors.ts';
import type {
  CostPreview,
  IndexProgress,
  IndexReport,
} from '../../server/protocol/index-report.ts';
import type {
  MaintainParams,
  Maintenance,
  MaintenanceAction,
  MaintenanceProgress,
} from '../../server/protocol/maintain.ts';
import type {
  Method,
  Notifications,
  ParamsOf,
  Progress,
  ResultOf,
} from '../../server/protocol/methods.ts';
import type { ServerSettings } from '../../server/protocol/settings.ts';
import type { Stats } from '../../server/protocol/stats.ts';
import { withToken } from './cancellation.ts';
import { isConnectionLost } from './server-errors.ts';
import type { ServerProcess } from './server-process.ts';

/** Typed requests. Each starts the server if need be, and is asked again of the next one if it dies. */
export class ServerApi {
  readonly #server: ServerProcess;
  readonly #stats = new vscode.EventEmitter<Stats>();
  readonly onStatsChanged = this.#stats.event;
  readonly #problems = new vscode.EventEmitter<ErrorData>();
  readonly onCacheProblem = this.#problems.event;

  constructor(server: ServerProcess) {
    this.#server = server;
    server.onWillStart((client) => {
      const method: keyof Notifications = 'embeddingCache/statsChanged';
      client.onNotification(method, (stats: Stats) => {
        this.#stats.fire(stats);
      });
      const problem: keyof Notifications = 'embeddingCache/cacheProblem';
      client.onNotification(problem, (data: ErrorData) => {
        this.#problems.fire(data);
      });
    });
  }

  request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    signal: AbortSignal,
  ): Promise<ResultOf<M>> {
    return this.#ask(signal, (client, token) => client.sendRequest(method, params, token));
  }

  /** `isPaused` is asked when the request is sent, which may be again to another server. */
  index(
    folders: readonly string[],
    isPaused: () => boolean,
    onProgress: (progress: IndexProgress) => void,
    signal: AbortSignal,
  ): Promise<IndexReport> {
    const params = () => ({ folders, paused: isPaused() });
    return this.#askWithProgress('embeddingCache/index', params, onProgress, signal);
  }

  /** What `index` would send. Sends nothing. */
  preview(
    folders: readonly string[],
    onProgress: (progress: IndexProgress) => void,
    signal: AbortSignal,
  ): Promise<CostPreview> {
    const params = () => ({ folders });
    return this.#askWithProgress('embeddingCache/preview', params, onProgress, signal);
  }

  duplicates(
    wanted: Omit<DuplicatesParams, 'progressToken'>,
    onProgress: (progress: DuplicatesProgress) => void,
    signal: AbortSignal,
  ): Promise<Duplicates> {
    return this.#askWithProgress('embeddingCache/duplicates', () => wanted, onProgress, signal);
  }

  /** Looks after the cache as a whole. */
  maintain<A extends MaintenanceAction>(
    action: A,
    params: Maintenance[A][0],
    onProgress: (progress: MaintenanceProgress) => void,
    signal: AbortSignal,
  ): Promise<Maintenance[A][1]> {
    const all = () => ({ action, ...params }) as MaintainParams;
    // The report is that of the action asked for.
    return this.#askWithProgress('embeddingCache/maintain', all, onProgress, signal);
  }

  async changeSettings(settings: ServerSettings): Promise<void> {
    const client = await this.#server.client();
    await client.sendNotification('workspace/didChangeConfiguration', { settings });
  }

  dispose(): void {
    this.#stats.dispose();
    this.#problems.dispose();
  }

  #askWithProgress<M extends keyof Progress>(
    method: M,
    params: () => ParamsOf<M>,
    onProgress: (progress: Progress[M]) => void,
    signal: AbortSignal,
  ): Promise<ResultOf<M>> {
    return this.#ask(signal, async (client, token) => {
      const { ProgressType } = await import('vscode-languageclient/node');
      const progressToken = randomUUID();
      const type = new ProgressType<Progress[M]>();
      const subscription = client.onProgress(type, progressToken, onProgress);
      try {
        return await client.sendRequest(method, { ...params(), progressToken }, token);
      } finally {
        subscription.dispose();
      }
    });
  }

  #ask<T>(
    signal: AbortSignal,
    send: (client: LanguageClient, token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T> {
    return withToken(signal, async (token) => {
      try {
        return await send(await this.#server.client(), token);
      } catch (error) {
        if (signal.aborted || !isConnectionLost(error)) throw error;
        return send(await this.#server.client(), token);
      }
    });
  }
}
