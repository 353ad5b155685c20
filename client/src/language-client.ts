import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
} from 'vscode-languageclient/node';
import type { ServerSettings } from '../../server/protocol/settings.ts';

export interface LanguageClientParts {
  readonly log: vscode.LogOutputChannel;
  readonly watchers: readonly vscode.FileSystemWatcher[];
  settings(): ServerSettings;
  spawn(): Promise<ChildProcess>;
  /** The connection is gone; requests under way are rejected in the same turn of the event loop. */
  closed(): void;
}

/** A client for one server process. It never restarts it: `ServerProcess` makes a new one. */
export function createLanguageClient(parts: LanguageClientParts): LanguageClient {
  return new QuietClient('embeddingCache', 'Embedding Cache', () => parts.spawn(), {
    documentSelector: documentSelector(),
    outputChannel: parts.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => parts.settings(),
    initializationFailedHandler: () => false,
    synchronize: { fileEvents: [...parts.watchers] },
    middleware: {
      workspace: {
        didChangeWatchedFile: (event, next) =>
          event.uri.includes('/.git/') ? Promise.resolve() : next(event),
      },
    },
    stdioOptions: {
      stdout: () => undefined,
      stderr: (input, log) => {
        createInterface({ input, terminal: false }).on('line', (line) => {
          log.info(line);
        });
      },
    },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        parts.closed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
  });
}

/** Files on disk, and those of the file systems that are open. */
function documentSelector(): { scheme: string }[] {
  const open = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme);
  return [...new Set(['file', ...open])].map((scheme) => ({ scheme }));
}

/** Logs what the library would show in a notification of its own, and stops without complaint. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }

  /** The library stops a client whose start failed, and then throws because it is not running. */
  override async stop(timeoutMs?: number): Promise<void> {
    if (this.isRunning()) await super.stop(timeoutMs);
  }
}
