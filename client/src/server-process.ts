import type { ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { ApiKeyMessage, ServerSettings } from '../../server/protocol/settings.ts';
import { RestartPolicy } from './restart-policy.ts';
import { ServerGaveUp, errorDataOf } from './server-errors.ts';
import { endProcess, sendApiKey, spawnServer } from './spawn-server.ts';

export type ServerState = 'stopped' | 'starting' | 'running' | 'failed';

export interface ServerProcessDeps {
  readonly log: vscode.LogOutputChannel;
  readonly extensionPath: string;
  readonly debuggable: boolean;
  settings(): ServerSettings;
  /** Keys the process gets before its first request. */
  apiKeys(): Promise<readonly ApiKeyMessage[]>;
}

/** One server process: started on first use, and again whenever it stops by itself. */
export class ServerProcess {
  readonly #deps: ServerProcessDeps;
  readonly #policy = new RestartPolicy(Date.now);
  readonly #states = new vscode.EventEmitter<ServerState>();
  readonly #clients = new vscode.EventEmitter<LanguageClient>();
  readonly onDidChangeState = this.#states.event;
  /** Fires before a client starts: where handlers of notifications are registered. */
  readonly onWillStart = this.#clients.event;
  #state: ServerState = 'stopped';
  #ready: Promise<LanguageClient> | null = null;
  #client: LanguageClient | null = null;
  #child: ChildProcess | null = null;
  #watchers: readonly vscode.FileSystemWatcher[] = [];

  constructor(deps: ServerProcessDeps) {
    this.#deps = deps;
  }

  get state(): ServerState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The running client, started if need be. Throws ServerGaveUp, or why the start failed. */
  client(): Promise<LanguageClient> {
    if (this.#state === 'failed') return Promise.reject(new ServerGaveUp());
    this.#ready ??= this.#launch();
    return this.#ready;
  }

  async sendApiKey(message: ApiKeyMessage): Promise<void> {
    if (this.#child !== null) await sendApiKey(this.#child, message);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#policy.reset();
    await this.client();
  }

  /** Ends the process and waits for it. The next use starts another. */
  async stop(): Promise<void> {
    // A start under way ends first: the library cannot stop a client before it runs.
    await this.#ready?.catch(() => undefined);
    const client = this.#client;
    const child = this.#child;
    this.#client = null;
    this.#child = null;
    this.#ready = null;
    try {
      await client?.stop(2000);
    } catch (error) {
      this.#deps.log.warn(`stopping the server: ${String(error)}`);
    }
    if (child !== null) await endProcess(child, 2000);
    this.#setState('stopped');
  }

  dispose(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#states.dispose();
    this.#clients.dispose();
  }

  /** Starts until it runs or the policy gives up. */
  async #launch(): Promise<LanguageClient> {
    this.#setState('starting');
    for (;;) {
      try {
        const client = await this.#startOnce();
        this.#setState('running');
        return client;
      } catch (error) {
        this.#deps.log.error(`the server did not start: ${String(error)}`);
        // It started well enough to say what is wrong: trying again would change nothing.
        const explained = errorDataOf(error) !== null;
        if (explained || this.#policy.stopped() === 'giveUp') {
          this.#ready = null;
          this.#setState(explained ? 'stopped' : 'failed');
          throw explained ? error : new ServerGaveUp({ cause: error });
        }
      }
    }
  }

  async #startOnce(): Promise<LanguageClient> {
    // Loaded on first use, for the sake of activation time.
    const { createLanguageClient } = await import('./language-client.ts');
    if (this.#watchers.length === 0) {
      this.#watchers = [vscode.workspace.createFileSystemWatcher('**/*')];
    }
    const client = createLanguageClient({
      log: this.#deps.log,
      watchers: this.#watchers,
      settings: () => this.#deps.settings(),
      spawn: async () => {
        const { extensionPath, debuggable } = this.#deps;
        const apiKeys = await this.#deps.apiKeys();
        this.#child = await spawnServer({ extensionPath, debuggable, apiKeys });
        return this.#child;
      },
      closed: () => {
        this.#closed(client);
      },
    });
    this.#client = client;
    this.#clients.fire(client);
    try {
      await client.start();
    } catch (error) {
      this.#child?.kill('SIGKILL');
      throw error;
    }
    return client;
  }

  #closed(client: LanguageClient): void {
    // While starting, `#launch` sees the failure itself; after `stop`, nobody waits.
    if (client !== this.#client || this.#state !== 'running') return;
    if (this.#policy.stopped() === 'giveUp') {
      this.#ready = null;
      this.#setState('failed');
      return;
    }
    this.#deps.log.warn('the server stopped; starting it again');
    this.#ready = this.#launch();
    // `#launch` has logged the error and set the state; whoever asks next gets it too.
    this.#ready.catch(() => undefined);
  }

  #setState(state: ServerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#states.fire(state);
  }
}
