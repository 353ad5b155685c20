import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { MEMORY_OPTIONS, MEMORY_VARIABLES } from '../../client/src/server-memory.ts';
import type { Method, ParamsOf, ResultOf } from '../../server/protocol/methods.ts';
import type { ApiKeyMessage, ServerSettings } from '../../server/protocol/settings.ts';
import type { Stats } from '../../server/protocol/stats.ts';

const SERVER = path.resolve(import.meta.dirname, '../../dist/server/main.js');

export interface LanguageServerOptions {
  readonly settings: ServerSettings;
  readonly folders: readonly string[];
  /** Folders that are on no disk. */
  readonly uris?: readonly string[];
  /** A command and its first arguments that are to start the process. */
  readonly under?: readonly string[];
}

export function settingsOf(changes: Partial<ServerSettings>): ServerSettings {
  return {
    directory: '',
    storeText: true,
    provider: { kind: 'embedded' },
    reranker: { kind: 'none' },
    allowedOrigins: [],
    exclude: [],
    maxFileSizeKb: 1024,
    effort: 'normal',
    trusted: true,
    network: { proxy: '', noProxy: [], caFile: '' },
    scanForSecrets: true,
    confirmAboveUsd: 0.1,
    monthlyUsd: 5,
    ...changes,
  };
}

/** The built server as its own process, spoken to over its real transport. */
export class LanguageServer {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  /** Every byte that came over stdout and stderr. */
  readonly output: Buffer[] = [];
  readonly statsSeen: Stats[] = [];

  static async start(options: LanguageServerOptions): Promise<LanguageServer> {
    const server = new LanguageServer(options.under ?? []);
    await server.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: options.settings,
      workspaceFolders: [
        ...options.folders.map((folder) => pathToFileURL(folder).href),
        ...(options.uris ?? []),
      ].map((uri) => ({ uri, name: path.posix.basename(uri) })),
    });
    await server.connection.sendNotification('initialized', {});
    return server;
  }

  private constructor(under: readonly string[]) {
    // With as little memory as the extension gives it.
    const [command, ...args] = [...under, process.execPath, ...MEMORY_OPTIONS, SERVER];
    this.process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...MEMORY_VARIABLES },
    });
    const { stdin, stdout, stderr } = this.process;
    for (const stream of [stdout!, stderr!]) {
      stream.on('data', (data: Buffer) => this.output.push(data));
    }
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout!),
      new StreamMessageWriter(stdin!),
    );
    this.connection.onNotification('embeddingCache/statsChanged', (stats: Stats) => {
      this.statsSeen.push(stats);
    });
    this.connection.listen();
  }

  request<M extends Method>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    return this.connection.sendRequest(method, params);
  }

  sendApiKey(message: Omit<ApiKeyMessage, 'type'>): void {
    this.process.send({ type: 'apiKey', ...message } satisfies ApiKeyMessage);
  }

  /** Resolves with the first published statistics that will do. */
  async statsThat(will: (stats: Stats) => boolean): Promise<Stats> {
    for (;;) {
      const found = this.statsSeen.find(will);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** As a client leaves: shutdown, exit. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    const exited = this.#exited();
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await exited;
    this.connection.dispose();
    return this.process.exitCode;
  }

  async kill(): Promise<void> {
    const exited = this.#exited();
    this.process.kill('SIGKILL');
    await exited;
    this.connection.dispose();
  }

  async #exited(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await once(this.process, 'exit');
    }
  }
}
