import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { decodeText } from './decode-text.ts';
import { readCapped } from './read-capped.ts';

const MOST_BYTES = 1 << 20;

/** The folder that holds `.git`, this one or one above; null without one. */
export async function workTreeTop(folder: string): Promise<string | null> {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = await lstat(path.join(at, '.git')).catch(() => null);
    if (found) return at;
    if (path.dirname(at) === at) return null;
  }
}

/**
 * Where git keeps what all work trees of a repository share (`config`, `info/`): `.git` itself, or,
 * in a linked work tree or a submodule, what the file `.git` leads to.
 */
export async function gitFolderOf(top: string): Promise<string> {
  const dotGit = path.join(top, '.git');
  const pointer = /^gitdir: (.+)$/m.exec((await textOfFile(dotGit)) ?? '')?.[1];
  if (pointer === undefined) return dotGit;
  const own = path.resolve(top, pointer);
  const common = (await textOfFile(path.join(own, 'commondir')))?.trim();
  return common === undefined ? own : path.resolve(own, common);
}

/** Text of a file of the user's or of git's, which may well be a link; null without one. */
export async function textOfFile(file: string): Promise<string | null> {
  const real = await realpath(file).catch(() => null);
  if (real === null) return null;
  const read = await readCapped(path.dirname(real), real, MOST_BYTES);
  return read.kind === 'bytes' ? decodeText(read.bytes) : null;
}
