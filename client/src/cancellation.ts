import * as vscode from 'vscode';

/** Runs `use` with a token that is cancelled when `signal` fires. */
export async function withToken<T>(
  signal: AbortSignal,
  use: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await use(source.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}
