import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Spelling on disk by what is left of a name without regard to case. */
type Spellings = ReadonlyMap<string, string>;

/**
 * Paths as the disk spells them, each once: where case does not count, a file is found under any
 * spelling, and one renamed by case alone under its old name, too. Git and editors name both. What
 * is not there stays as it is named.
 */
export async function namesOnDisk(root: string, paths: Iterable<string>): Promise<Set<string>> {
  const disk = new DiskNames(root);
  const names = new Set<string>();
  for (const file of paths) names.add(await disk.nameOf(file));
  return names;
}

class DiskNames {
  readonly #root: string;
  readonly #folders = new Map<string, string>([['', '']]);
  /** By folder; null where case counts. A folder is in it once that is known. */
  readonly #spellings = new Map<string, Spellings | null>();

  constructor(root: string) {
    this.#root = root;
  }

  async nameOf(file: string): Promise<string> {
    const slash = file.lastIndexOf('/');
    const named = file.slice(0, Math.max(0, slash));
    const folder = this.#folders.get(named) ?? (await this.nameOf(named));
    this.#folders.set(named, folder);
    const name = file.slice(slash + 1);
    const spelled = (await this.#spellingsIn(folder, name))?.get(folded(name)) ?? name;
    return folder === '' ? spelled : `${folder}/${spelled}`;
  }

  async #spellingsIn(folder: string, name: string): Promise<Spellings | null> {
    const known = this.#spellings.get(folder);
    if (known !== undefined) return known;
    const absolute = path.join(this.#root, folder);
    const other = swapped(name);
    // Of a name without letters, or of what is not there, nothing can be learnt.
    if (other === name || !(await isThere(path.join(absolute, name)))) return null;
    const names = (await isThere(path.join(absolute, other))) ? await namesIn(absolute) : null;
    const spellings = names && new Map(names.map((each) => [folded(each), each]));
    // Case counts after all: the two are two files.
    const found = spellings && spellings.size === names.length ? spellings : null;
    this.#spellings.set(folder, found);
    return found;
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function swapped(name: string): string {
  return name.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

async function isThere(absolute: string): Promise<boolean> {
  // Whoever looks at the file itself says why it cannot be looked at.
  const found = await lstat(absolute).catch(() => null);
  return found !== null;
}

async function namesIn(absolute: string): Promise<string[] | null> {
  return readdir(absolute).catch(() => null);
}
