import type { FileExplanation, FileReason, SkippedFile } from '../../../protocol/explain.ts';
import type { Core, FileExplanation as CoreExplanation } from '../../core/core.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export async function explainUri(
  core: Core,
  folders: WorkspaceFolders,
  uri: string,
): Promise<FileExplanation> {
  const place = folders.locate(uri);
  if (!place) return { path: uri, indexed: false, reason: 'outside', rule: null, chunks: [] };
  return explanationOf(await core.explainFile(place.folder, place.path));
}

export async function skippedIn(core: Core, folders: WorkspaceFolders): Promise<SkippedFile[]> {
  const skipped: SkippedFile[] = [];
  for (const folder of folders.paths) {
    for (const { path: file, reason } of await core.skippedFiles(folder)) {
      skipped.push({ uri: folders.uriOf(folder, file), path: file, reason });
    }
  }
  return skipped;
}

function explanationOf({ path: file, indexed, verdict, chunks }: CoreExplanation): FileExplanation {
  return {
    path: file,
    indexed,
    reason: reasonOf(indexed, verdict, chunks),
    rule: verdict.kind === 'skipped' ? verdict.rule : null,
    chunks: chunks.map(({ startLine, endLine, symbols, failure, looksSecret }) => ({
      startLine,
      endLine,
      symbols,
      failure,
      looksSecret,
    })),
  };
}

function reasonOf(
  indexed: boolean,
  verdict: CoreExplanation['verdict'],
  chunks: CoreExplanation['chunks'],
): FileReason {
  switch (verdict.kind) {
    case 'taken':
      if (!indexed) return 'notYet';
      return chunks.some(({ looksSecret }) => looksSecret) ? 'looksSecret' : 'indexed';
    case 'skipped':
      return verdict.reason;
    default:
      return verdict.kind;
  }
}
