import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { skipByName } from './file-kinds.ts';
import type { IgnoreLine, SkipReason } from './file-source.ts';
import { IGNORE_FILES, IgnoreRules } from './ignore-rules.ts';
import { rulesAbove, withFile, type RulesAbove } from './rules-above.ts';
import { isSecretFolder, isSecretPath } from './secret-names.ts';
import { isToolFolder } from './tool-folders.ts';

export interface FolderRulesOptions {
  /** Absolute path of the folder all paths are relative to, symbolic links resolved. */
  readonly root: string;
  /** From the settings; nothing in the folder takes them back. */
  readonly excluded: IgnoreRules;
  /** Whether a folder may hold an ignore file of this name; absent: look and see. */
  readonly mayHold?: (folder: string, ignoreFile: string) => boolean;
  /** Reads an ignore file that is not on this disk (path relative to the root); null without one. */
  readonly readIgnoreFile?: (path: string) => Promise<string | null>;
  /** Whether folders that were not met in a walk must be proved to be folders, not links. */
  readonly proveFolders?: boolean;
}

const NOTHING_ABOVE: RulesAbove = { prefix: '', rules: IgnoreRules.none() };

/**
 * Which folders are entered and which files are left out, by name and by rule. Reads ignore files
 * as they are met and keeps them, so it is made anew for each look at a folder.
 */
export class FolderRules {
  readonly #options: FolderRulesOptions;
  readonly #above: RulesAbove;
  /** Null: the folder is not entered. */
  readonly #known = new Map<string, IgnoreRules | null>();

  static async of(options: FolderRulesOptions): Promise<FolderRules> {
    const isOnDisk = options.readIgnoreFile === undefined;
    return new FolderRules(options, isOnDisk ? await rulesAbove(options.root) : NOTHING_ABOVE);
  }

  private constructor(options: FolderRulesOptions, above: RulesAbove) {
    this.#options = options;
    this.#above = above;
  }

  /** Rules in a folder ('' is the root); null when it, or a folder on the way, is not entered. */
  async of(folder: string): Promise<IgnoreRules | null> {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const rules = await this.#find(folder);
    this.#known.set(folder, rules);
    return rules;
  }

  /** Rules already met; undefined: ask `of`. */
  known(folder: string): IgnoreRules | null | undefined {
    return this.#known.get(folder);
  }

  /** Why a file in an entered folder is left out unseen; null when it is not. */
  reasonFor(file: string, rules: IgnoreRules): SkipReason | null {
    if (isSecretPath(file)) return 'secretName';
    if (this.#options.excluded.ignoresFile(file) || rules.ignoresFile(this.#at(file))) {
      return 'ignored';
    }
    return skipByName(file);
  }

  /** The line that leaves out a file, or a folder (with a trailing slash), of an entered folder. */
  lineFor(pathOrFolder: string, rules: IgnoreRules): IgnoreLine | null {
    return (
      this.#options.excluded.lineFor(pathOrFolder) ?? rules.lineFor(this.#at(pathOrFolder)) ?? null
    );
  }

  enters(folder: string, rules: IgnoreRules): boolean {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    return (
      !isToolFolder(name) &&
      !isSecretFolder(name) &&
      !this.#options.excluded.ignoresFolder(folder) &&
      !rules.ignoresFolder(this.#at(folder))
    );
  }

  async #find(folder: string): Promise<IgnoreRules | null> {
    if (folder === '') return this.#withOwn('', this.#above.rules);
    const slash = folder.lastIndexOf('/');
    const above = await this.of(slash < 0 ? '' : folder.slice(0, slash));
    if (!above || !this.enters(folder, above)) return null;
    if (this.#options.proveFolders === true && !(await isFolder(this.#absolute(folder)))) {
      return null;
    }
    return this.#withOwn(folder, above);
  }

  /** The folder's own ignore files on top of what holds above it. */
  async #withOwn(folder: string, above: IgnoreRules): Promise<IgnoreRules> {
    let rules = above;
    for (const name of IGNORE_FILES) {
      if (this.#options.mayHold?.(folder, name) === false) continue;
      const source = folder === '' ? name : `${folder}/${name}`;
      const { readIgnoreFile } = this.#options;
      if (readIgnoreFile) {
        const text = await readIgnoreFile(source);
        if (text !== null) rules = rules.extend(folder, text, source);
      } else {
        rules = await withFile(rules, this.#absolute(folder), name, this.#at(folder), source);
      }
    }
    return rules;
  }

  #absolute(folder: string): string {
    return path.join(this.#options.root, folder);
  }

  /** The path as it is in the work tree. */
  #at(relative: string): string {
    const { prefix } = this.#above;
    if (prefix === '') return relative;
    return relative === '' ? prefix : `${prefix}/${relative}`;
  }
}

async function isFolder(absolute: string): Promise<boolean> {
  const found = await lstat(absolute).catch(() => null);
  return found?.isDirectory() === true;
}
