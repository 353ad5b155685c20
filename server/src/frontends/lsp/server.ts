import {
  createConnection,
  ProposedFeatures,
  TextDocumentSyncKind,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import type { Notifications } from '../../../protocol/methods.ts';
import type { Failure } from '../../core/errors.ts';
import { ApiKeys } from './api-keys.ts';
import { clientFiles } from './client-files.ts';
import { registerHandlers } from './handlers.ts';
import { connectionLogger } from './connection-logger.ts';
import { FileWatching } from './file-watching.ts';
import { errorDataOf } from './response-errors.ts';
import { OpenDocuments } from './open-documents.ts';
import { Session } from './session.ts';
import { parseSettings } from './settings-config.ts';
import { StatsPublisher } from './stats-publisher.ts';
import { WorkspaceFolders } from './workspace-folders.ts';

export interface ServerOptions {
  /** Absolute path of the embedded model's file. */
  readonly modelFile: string;
  /** Absolute path of the script that checks a file's structure. */
  readonly structureWorker: string;
  /** Absolute path of the script of `index-worker.ts`. */
  readonly indexWorker: string;
  /** Absolute path of the script of `model-process.ts`. */
  readonly modelProcess: string;
  /** Absolute path of the script of the thread that checks texts for secrets. */
  readonly secretScanWorker: string;
}

/** How long typing must rest before unsaved text is taken into the index. */
const REST_MS = 800;
const REST_WHERE_PAID_MS = 5000;

/** Speaks LSP on stdin and stdout, and takes API keys over the process's own channel. */
export function startServer(options: ServerOptions): void {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const logger = connectionLogger(connection.console);
  const keys = new ApiKeys();
  const folders = new WorkspaceFolders();
  const tellOf = (problem: Failure) => {
    logger.warn(problem.message);
    const method: keyof Notifications = 'embeddingCache/cacheProblem';
    void connection.sendNotification(method, errorDataOf(problem));
  };
  const session: Session = new Session({
    ...options,
    logger,
    apiKeyOf: (...of) => keys.get(...of),
    foldersWithin: (folder) => folders.within(folder),
    unsavedIn: (folder) => documents.unsavedIn(folder),
    clientFiles: clientFiles(connection),
    onCacheProblem: tellOf,
  });
  const stats = new StatsPublisher({ connection, session, folders });
  const watching = new FileWatching({ session, folders, stats, logger, onProblem: tellOf });
  const documents: OpenDocuments = new OpenDocuments({
    folders,
    changed: (uri) => {
      watching.changed([uri]);
    },
    restMs: () => (session.isLocal ? REST_MS : REST_WHERE_PAID_MS),
  });

  keys.listen(process);
  // The parent is gone, or killed: nothing is worth staying for, and every answer is stored.
  process.on('disconnect', () => process.exit());

  let folderChanges = false;
  connection.onInitialize((params: InitializeParams): InitializeResult => {
    folderChanges = params.capabilities.workspace?.workspaceFolders ?? false;
    folders.set(params.workspaceFolders ?? []);
    session.configure(parseSettings(params.initializationOptions));
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
      serverInfo: { name: 'embedding-cache' },
    };
  });
  connection.onInitialized(() => {
    stats.changed();
    watching.start();
    // Listening to a client that does not announce them is an error.
    if (!folderChanges) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      folders.change(added, removed);
      stats.changed();
    });
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    session.configure(parseSettings(settings));
    stats.reset();
  });
  documents.listen(connection);
  connection.onDidChangeWatchedFiles(({ changes }) => {
    watching.changed(changes.map(({ uri }) => uri));
  });
  registerHandlers({ connection, session, folders, stats });
  connection.onShutdown(async () => {
    watching.stop();
    documents.stop();
    stats.stop();
    await session.close();
  });
  connection.listen();
}
