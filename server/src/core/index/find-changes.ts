import type { FileEntry, FileSource } from '../files/file-source.ts';
import { fileChanges, type FileChanges, type KnownFile } from './file-changes.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface FoundChanges extends FileChanges {
  /** Id of the folder's snapshot these changes lead to; null where there is none. */
  readonly snapshotId: string | null;
}

interface Parts {
  readonly index: WorkspaceIndex;
  readonly source: FileSource;
  readonly chunkerName: string;
}

/** What differs between a folder and its index, told by git where it can, else by size and time. */
export async function findChanges(parts: Parts, signal: AbortSignal): Promise<FoundChanges> {
  const { index, source, chunkerName } = parts;
  const recut = (await index.about('chunker')) !== chunkerName;
  const snapshot = await source.snapshot(signal);
  const snapshotId = snapshot?.id ?? null;
  if (snapshot && !recut && (await isUpTo(index, snapshot.id))) {
    return { ...(await looseChanges(parts, snapshot.loose, signal)), snapshotId };
  }
  const { files, clean, skipped } = await (snapshot ?? source).list(signal);
  const known = await index.files();
  const unfinished = await index.unfinishedFiles();
  const mustRead = ({ id }: KnownFile) => recut || unfinished.has(id);
  const same: KnownFile[] = [];
  const blobs = new Map<string, string>();
  for (const { path, blob } of clean) {
    const file = known.get(path);
    if (file?.blob === blob && !mustRead(file)) same.push(file);
    else blobs.set(path, blob);
  }
  const looked = await source.stat([...blobs.keys()], signal);
  const entries: FileEntry[] = looked.files.map((entry) => ({
    ...entry,
    blob: blobs.get(entry.path),
  }));
  const others = new Map(known);
  for (const { path } of same) others.delete(path);
  const leftOut = [...skipped, ...looked.skipped];
  const changes = fileChanges([...files, ...entries], leftOut, others, mustRead);
  const sameSkipped = same.filter((file) => file.skipped !== null).length;
  return {
    ...changes,
    unchanged: changes.unchanged + same.length - sameSkipped,
    skipped: changes.skipped + sameSkipped,
    snapshotId,
  };
}

async function isUpTo(index: WorkspaceIndex, snapshotId: string): Promise<boolean> {
  return (await index.about('snapshot')) === snapshotId && (await index.isFinished());
}

/** The folder is as it was but for these files. */
async function looseChanges(
  { index, source }: Parts,
  loose: readonly string[],
  signal: AbortSignal,
): Promise<FileChanges> {
  const { files, skipped } = await source.stat(loose, signal);
  // Where case does not count, the disk may spell a name otherwise than git.
  const named = [...files, ...skipped].map(({ path }) => path);
  const known = await index.filesAt([...new Set([...loose, ...named])]);
  const changes = fileChanges(files, skipped, known, () => false);
  const all = await index.counts();
  const looseKnown = [...known.values()];
  const looseSkipped = looseKnown.filter((file) => file.skipped !== null).length;
  return {
    ...changes,
    unchanged: changes.unchanged + all.files - (looseKnown.length - looseSkipped),
    skipped: changes.skipped + all.skipped - looseSkipped,
  };
}
