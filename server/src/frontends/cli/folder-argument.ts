import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { Invocation } from './invocation.ts';

/** Absolute path of an existing folder, links followed; the current one if none is named. */
export async function folderArgument(
  { terminal }: Invocation,
  named: string | undefined,
): Promise<string> {
  const folder = path.resolve(terminal.cwd, named ?? '.');
  const found = await stat(folder).catch((cause: unknown) => {
    throw new Failure('badSettings', `There is no folder ${folder}.`, { cause });
  });
  if (!found.isDirectory()) throw new Failure('badSettings', `${folder} is not a folder.`);
  return realpath(folder);
}
