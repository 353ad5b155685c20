import { homedir } from 'node:os';
import path from 'node:path';
import { textOfFile } from './git-folder.ts';

/** Files that include others lead no further than this. */
const MOST_INCLUDES = 10;
const SECTION = /^\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/;
const SETTING = /^\s*([a-z][\w-]*)\s*=\s*(.*)$/i;

interface Setting {
  /** Section and name, in lower case. */
  readonly name: string;
  readonly value: string;
}

/** Git's own folder of the user's, for settings and for the files git looks for by itself. */
export function userGitFolder(): string {
  const config = process.env['XDG_CONFIG_HOME'] ?? '';
  return path.join(config === '' ? path.join(homedir(), '.config') : config, 'git');
}

/**
 * Path of the file that a setting such as `core.excludesfile` names, without asking git, which is
 * not to be started for a folder that nobody trusts. Null where it is not set. Conditional includes
 * are not followed.
 */
export async function fileNamedByGit(
  name: string,
  { top, gitFolder }: { top: string; gitFolder: string },
): Promise<string | null> {
  const users = ['/etc/gitconfig', `${userGitFolder()}/config`, path.join(homedir(), '.gitconfig')];
  let found: string | null = null;
  // The last one counts.
  for (const file of [...users, path.join(gitFolder, 'config')]) {
    for (const setting of await settingsIn(file)) {
      if (setting.name === name) found = path.resolve(top, fromHome(setting.value));
    }
  }
  return found;
}

/** A path as people write it: from `~` on where it is in the user's home. */
export function fromHomeOn(file: string): string {
  const home = `${homedir()}${path.sep}`;
  return file.startsWith(home) ? `~/${file.slice(home.length).replaceAll(path.sep, '/')}` : file;
}

async function settingsIn(file: string, includes = { left: MOST_INCLUDES }): Promise<Setting[]> {
  const settings: Setting[] = [];
  const text = (await textOfFile(file)) ?? '';
  let section = '';
  for (const line of text.replace(/\\\n/g, '').split('\n')) {
    const [header, named, sub] = SECTION.exec(line) ?? [];
    if (named !== undefined)
      section = `${named.toLowerCase()}${sub === undefined ? '' : `.${sub}`}`;
    const setting = SETTING.exec(line.slice(header?.length ?? 0));
    if (!setting) continue;
    const name = `${section}.${setting[1]!.toLowerCase()}`;
    const value = plain(setting[2]!);
    settings.push({ name, value });
    if (name !== 'include.path' || includes.left-- <= 0) continue;
    const included = path.resolve(path.dirname(file), fromHome(value));
    settings.push(...(await settingsIn(included, includes)));
  }
  return settings;
}

/** A value without its quotes, escapes and comment. */
function plain(written: string): string {
  let value = '';
  let quoted = false;
  for (let i = 0; i < written.length; i++) {
    const character = written[i]!;
    if (character === '"') quoted = !quoted;
    else if (character === '\\') value += written[++i] ?? '';
    else if (!quoted && (character === '#' || character === ';')) break;
    else value += character;
  }
  return value.trim();
}

function fromHome(file: string): string {
  return file === '~' || file.startsWith('~/') ? path.join(homedir(), file.slice(1)) : file;
}
