import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderRules } from './folder-rules.ts';
import { lookAtFiles, type Found } from './look-at-files.ts';
import { failureOfRead } from './read-capped.ts';

export interface WalkOptions {
  readonly root: string;
  readonly rules: FolderRules;
  readonly maxBytes: number;
}

/** Every file below a folder ('' is the root) that rules let in, by depth first, into `found`. */
export async function walkFolder(
  { root, rules, maxBytes }: WalkOptions,
  start: string,
  found: Found,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [start];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted();
    const here = await rules.of(folder);
    if (!here) continue;
    const inFolder = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    const names = await namesIn(root, folder, found);
    const wanted: string[] = [];
    for (const name of names.files) {
      const path = inFolder(name);
      const reason = rules.reasonFor(path, here);
      if (reason === null) wanted.push(path);
      else found.skipped.push({ path, reason });
    }
    await lookAtFiles(root, wanted, maxBytes, found, signal);
    for (const name of names.folders.reverse()) {
      if (rules.enters(inFolder(name), here)) waiting.push(inFolder(name));
    }
  }
}

/** One folder at a time is open, so that descriptors never run out on a deep tree. */
async function namesIn(
  root: string,
  folder: string,
  found: Found,
): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(join(root, folder), { bufferSize: 256 })) {
      if (entry.isDirectory()) folders.push(entry.name);
      // In a submodule or a linked work tree it is a file.
      else if (entry.isFile() && entry.name !== '.git') files.push(entry.name);
    }
  } catch (error) {
    if (failureOfRead(error).kind === 'unreadable') {
      found.skipped.push({ path: folder, reason: 'unreadable' });
    }
  }
  return { files: files.sort(), folders: folders.sort() };
}
