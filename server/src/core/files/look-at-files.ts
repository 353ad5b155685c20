import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry, SkippedFile } from './file-source.ts';
import { failureOfRead } from './read-capped.ts';

export interface Found {
  readonly files: FileEntry[];
  readonly skipped: SkippedFile[];
}

const STATS_AT_ONCE = 64;

/** Sizes and times of files, into `found`. What is gone, or no regular file, is in neither list. */
export async function lookAtFiles(
  root: string,
  paths: readonly string[],
  maxBytes: number,
  found: Found,
  signal?: AbortSignal,
): Promise<void> {
  for (let at = 0; at < paths.length; at += STATS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = paths.slice(at, at + STATS_AT_ONCE);
    const facts = await Promise.all(some.map((path) => factsOf(join(root, path))));
    for (const [i, path] of some.entries()) judge(path, facts[i]!, maxBytes, found);
  }
}

/** Those of files left out by rule that are there, and are files. */
export async function thoseThatAreFiles(
  root: string,
  leftOut: readonly SkippedFile[],
  signal?: AbortSignal,
): Promise<SkippedFile[]> {
  const present: SkippedFile[] = [];
  for (let at = 0; at < leftOut.length; at += STATS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = leftOut.slice(at, at + STATS_AT_ONCE);
    const are = await Promise.all(some.map(({ path }) => isFile(join(root, path))));
    present.push(...some.filter((_, i) => are[i]));
  }
  return present;
}

export async function factsOf(absolutePath: string): Promise<Stats | 'missing' | 'unreadable'> {
  try {
    return await lstat(absolutePath);
  } catch (error) {
    return failureOfRead(error).kind;
  }
}

export async function isFile(absolutePath: string): Promise<boolean> {
  const facts = await factsOf(absolutePath);
  return typeof facts !== 'string' && facts.isFile();
}

function judge(
  path: string,
  facts: Stats | 'missing' | 'unreadable',
  maxBytes: number,
  { files, skipped }: Found,
): void {
  if (facts === 'unreadable') skipped.push({ path, reason: 'unreadable' });
  // A name that is no valid Unicode is listed under a replacement character and never found.
  else if (facts === 'missing') {
    if (path.includes('\uFFFD')) skipped.push({ path, reason: 'unreadable' });
  } else if (!facts.isFile()) return;
  else if (facts.size > maxBytes) skipped.push({ path, reason: 'tooLarge' });
  else files.push({ path, size: facts.size, mtimeMs: facts.mtimeMs });
}
