import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type {
  ClientRequests,
  FolderContent,
  ReadFile,
} from '../../server/protocol/workspace-files.ts';

/** Lets the server read workspace folders that are on no disk: virtual and remote file systems. */
export function serveWorkspaceFiles(client: LanguageClient): void {
  const on = <M extends keyof ClientRequests>(
    method: M,
    answer: (params: ClientRequests[M][0]) => Promise<ClientRequests[M][1]>,
  ): void => {
    client.onRequest(method, answer);
  };
  on('workspaceFiles/list', ({ folder, paths }) => {
    const root = rootOf(folder);
    return Promise.all(paths.map((path) => listFolder(vscode.Uri.joinPath(root, path))));
  });
  on('workspaceFiles/read', ({ folder, paths, maxBytes }) => {
    const root = rootOf(folder);
    return Promise.all(paths.map((path) => readFile(vscode.Uri.joinPath(root, path), maxBytes)));
  });
}

/** Only what the user opened is read, and nothing through the disk, which the server can do itself. */
function rootOf(folder: string): vscode.Uri {
  const open = vscode.workspace.workspaceFolders ?? [];
  const found = open.find(({ uri }) => uri.toString() === folder && uri.scheme !== 'file');
  if (!found) throw new Error('no such workspace folder');
  return found.uri;
}

async function listFolder(uri: vscode.Uri): Promise<FolderContent | null> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(uri);
    const named = (type: vscode.FileType): string[] =>
      entries.filter(([, each]) => each === type).map(([name]) => name);
    const files = await Promise.all(
      named(vscode.FileType.File).map(async (name) => {
        const stat = await statOf(vscode.Uri.joinPath(uri, name));
        return stat === null ? [] : [{ name, size: stat.size, mtime: stat.mtime }];
      }),
    );
    return { files: files.flat(), folders: named(vscode.FileType.Directory) };
  } catch {
    // The server counts the folder as one that cannot be read.
    return null;
  }
}

async function readFile(uri: vscode.Uri, maxBytes: number): Promise<ReadFile> {
  const stat = await statOf(uri);
  if (stat === null) return { kind: 'missing' };
  if (stat.type !== vscode.FileType.File) return { kind: 'unreadable' };
  if (stat.size > maxBytes) return { kind: 'tooLarge' };
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { kind: 'bytes', base64: Buffer.from(bytes).toString('base64') };
  } catch (error) {
    const gone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    return { kind: gone ? 'missing' : 'unreadable' };
  }
}

/** Null for what is gone. */
async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | null> {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch {
    return null;
  }
}
