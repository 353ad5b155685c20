import { createHash } from 'node:crypto';
import ignore, { type Ignore } from 'ignore';
import type { IgnoreLine } from './file-source.ts';

/** Files whose rules apply to the folder they are in, the later over the earlier. */
export const IGNORE_FILES = ['.gitignore', '.embeddingignore'] as const;

export function isIgnoreFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return IGNORE_FILES.some((known) => known === name);
}

/** A pattern of the settings, matched as a line of an ignore file. */
export interface ExcludePattern {
  readonly pattern: string;
  /** Name of the setting, for people to find it. */
  readonly setting: string;
}

/** As git takes names by default on each system. */
const OPTIONS = { ignorecase: process.platform === 'win32' || process.platform === 'darwin' };

/**
 * Ignore rules as they hold in one folder: those of the folders above, then its own. All rules are
 * kept relative to the root, in one list, because git lets the last match win across files.
 */
export class IgnoreRules {
  readonly #rules: Ignore;
  /** Differs between rules that were read from different texts. */
  readonly id: string;

  private constructor(rules: Ignore, id = '') {
    this.#rules = rules;
    this.id = id;
  }

  static none(): IgnoreRules {
    return new IgnoreRules(ignore(OPTIONS));
  }

  /** Rules that hold anywhere, relative to the root. */
  static of(patterns: readonly ExcludePattern[]): IgnoreRules {
    return new IgnoreRules(
      ignore(OPTIONS).add(
        patterns.map(({ pattern, setting }) => ({
          pattern,
          mark: markOf({ source: setting, line: null, pattern }),
        })),
      ),
    );
  }

  /**
   * These rules and after them the lines of an ignore file in `folder` ('' is the root). `source`
   * is what people know the file by.
   */
  extend(folder: string, ignoreFileText: string, source: string): IgnoreRules {
    const patterns = ignoreFileText.split(/\r?\n/).flatMap((line, i) => {
      const pattern = rebase(folder, line);
      return pattern === null
        ? []
        : { pattern, mark: markOf({ source, line: i + 1, pattern: line }) };
    });
    const id = createHash('sha256').update(JSON.stringify([this.id, source, ignoreFileText]));
    return new IgnoreRules(ignore(OPTIONS).add(this.#rules).add(patterns), id.digest('hex'));
  }

  /** `path` is relative to the root, with forward slashes and no trailing one. */
  ignoresFile(path: string): boolean {
    return this.#rules.ignores(path);
  }

  ignoresFolder(path: string): boolean {
    return this.#rules.ignores(`${path}/`);
  }

  /** The line that ignores a file, or a folder (`path/`); null when none does. */
  lineFor(path: string): IgnoreLine | null {
    const mark = this.#rules.test(path).rule?.mark;
    return mark === undefined ? null : (JSON.parse(mark) as IgnoreLine);
  }
}

function markOf(line: IgnoreLine): string {
  return JSON.stringify(line);
}

/** An ignore line of `folder` as a pattern relative to the root; null for a comment or nothing. */
function rebase(folder: string, line: string): string | null {
  if (line.startsWith('#') || line.trim() === '') return null;
  if (folder === '') return line;
  const negated = line.startsWith('!');
  const pattern = negated ? line.slice(1) : line;
  // A slash before the end ties a pattern to its folder; without one it holds in all below.
  const tied = pattern.trimEnd().slice(0, -1).includes('/');
  const base = folder.replace(/[\\*?[\]!# ]/g, '\\$&');
  const rest = pattern.startsWith('/') ? pattern.slice(1) : pattern;
  return `${negated ? '!' : ''}/${base}/${tied ? '' : '**/'}${rest}`;
}
