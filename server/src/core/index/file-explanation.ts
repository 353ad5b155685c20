import type { FileSource, FileVerdict } from '../files/file-source.ts';
import type { ExplainedChunk } from './chunk-table.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

/** Why a file is, or is not, in the index of its folder. */
export interface FileExplanation {
  /** Relative to the folder. */
  readonly path: string;
  /** Whether the index holds it now. */
  readonly indexed: boolean;
  /** What the next run will make of it. */
  readonly verdict: FileVerdict;
  readonly chunks: readonly ExplainedChunk[];
}

export async function explainIndexed(
  index: WorkspaceIndex,
  source: FileSource,
  path: string,
): Promise<FileExplanation> {
  const verdict = await source.explain(path);
  const known = (await index.filesAt([path])).get(path);
  const indexed = known?.skipped === null;
  return { path, indexed, verdict, chunks: indexed ? await index.chunksAt(path) : [] };
}
