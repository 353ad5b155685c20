import path from 'node:path';
import { decodeText } from './decode-text.ts';
import { fileNamedByGit, fromHomeOn, userGitFolder } from './git-config.ts';
import { gitFolderOf, textOfFile, workTreeTop } from './git-folder.ts';
import { IGNORE_FILES, IgnoreRules } from './ignore-rules.ts';
import { readCapped } from './read-capped.ts';

const IGNORE_FILE_MAX_BYTES = 1 << 20;

/** Ignore rules that a folder is under before its own ignore files are read. */
export interface RulesAbove {
  /** Where the folder stands in the work tree it is part of: '' or `sub/folder`. */
  readonly prefix: string;
  /** Relative to the work tree's top. */
  readonly rules: IgnoreRules;
}

/**
 * The user's own git ignore file, the repository's `info/exclude`, and the ignore files of the
 * folders between the work tree's top and this one. A folder that they leave out was opened all the
 * same: for it they do not hold.
 */
export async function rulesAbove(realRoot: string): Promise<RulesAbove> {
  const top = await workTreeTop(realRoot);
  const none: RulesAbove = { prefix: '', rules: IgnoreRules.none() };
  if (top === null) return none;
  let rules = IgnoreRules.none();
  const gitFolder = await gitFolderOf(top);
  const named = await fileNamedByGit('core.excludesfile', { top, gitFolder });
  const own = named ?? path.join(userGitFolder(), 'ignore');
  rules = rules.extend('', (await textOfFile(own)) ?? '', fromHomeOn(own));
  const exclude = (await textOfFile(path.join(gitFolder, 'info', 'exclude'))) ?? '';
  rules = rules.extend('', exclude, '.git/info/exclude');
  const names = path.relative(top, realRoot).split(path.sep).filter(Boolean);
  for (let depth = 0; depth < names.length; depth++) {
    const folder = names.slice(0, depth).join('/');
    for (const name of IGNORE_FILES) {
      const source = `${'../'.repeat(names.length - depth)}${name}`;
      rules = await withFile(rules, path.join(top, folder), name, folder, source);
    }
    if (rules.ignoresFolder(names.slice(0, depth + 1).join('/'))) return none;
  }
  return { prefix: names.join('/'), rules };
}

/** The rules with those of a file, if there is one, as rules of `folder`. */
export async function withFile(
  rules: IgnoreRules,
  directory: string,
  name: string,
  folder: string,
  source: string,
): Promise<IgnoreRules> {
  const read = await readCapped(directory, path.join(directory, name), IGNORE_FILE_MAX_BYTES);
  const text = read.kind === 'bytes' ? decodeText(read.bytes) : null;
  return text === null ? rules : rules.extend(folder, text, source);
}
