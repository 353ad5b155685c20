import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { ApiKeyMessage } from '../../server/protocol/settings.ts';
import { serverEnvironment } from './server-environment.ts';
import { MEMORY_OPTIONS, MEMORY_VARIABLES } from './server-memory.ts';

export interface SpawnOptions {
  /** Absolute path of the extension's folder. */
  readonly extensionPath: string;
  /** Lets a debugger attach on port 6009. */
  readonly debuggable: boolean;
  /** Sent before anything else, so that the first request finds them. */
  readonly apiKeys: readonly ApiKeyMessage[];
}

/**
 * Starts the server: JSON-RPC on stdin and stdout, its log on stderr, API keys on an IPC channel of
 * their own. Throws when the process cannot be started.
 */
export async function spawnServer(options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      ...MEMORY_OPTIONS,
      ...(options.debuggable ? ['--inspect=127.0.0.1:6009'] : []),
      path.join(options.extensionPath, 'dist', 'server', 'main.js'),
      '--stdio',
      `--clientProcessId=${process.pid}`,
    ],
    {
      cwd: options.extensionPath,
      env: { ...serverEnvironment(process.env, process.versions), ...MEMORY_VARIABLES },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    },
  );
  // Rejects on 'error'; later ones, such as a failed kill, show as the end of the connection.
  await once(child, 'spawn');
  child.on('error', () => undefined);
  for (const message of options.apiKeys) await sendApiKey(child, message);
  return child;
}

/** Resolves when the message is handed over; a server that has gone needs no key. */
export async function sendApiKey(child: ChildProcess, message: ApiKeyMessage): Promise<void> {
  if (!child.connected) return;
  await new Promise<void>((resolve) => {
    child.send(message, () => {
      resolve();
    });
  });
}

/** Waits until the process has gone; ends it by force after `graceMs`. */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
