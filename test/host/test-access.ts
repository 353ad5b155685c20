import * as vscode from 'vscode';
import type { TestAccess } from '../../client/src/extension.ts';

/** The activated extension, with what it gives to tests alone. */
export async function testAccess(): Promise<TestAccess> {
  const extension = vscode.extensions.getExtension<TestAccess>('embeddingcache.embeddingcache');
  if (extension === undefined) throw new Error('the extension is not installed');
  return extension.activate();
}

/** Waits until `check` gives something other than null; throws after `timeoutMs`. */
export async function until<T>(
  what: string,
  check: () => T | null | Promise<T | null>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function workspaceFolder(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('no folder is open');
  return folder.uri;
}

/** Writes a user setting; undefined takes it back. */
export async function setUserSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('embeddingCache')
    .update(key, value, vscode.ConfigurationTarget.Global);
}

export const never: AbortSignal = new AbortController().signal;
