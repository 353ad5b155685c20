import ignore, { type Ignore } from 'ignore';

/** Files whose rules apply to the folder they are in, the later over the earlier. */
export const IGNORE_FILES = ['.gitignore', '.embeddingignore'] as const;

/** As git takes names by default on each system. */
const OPTIONS = { ignorecase: process.platform === 'win32' || process.platform === 'darwin' };

/**
 * Ignore rules as they hold in one folder: those of the folders above, then its own. All rules are
 * kept relative to the root, in one list, because git lets the last match win across files.
 */
export class IgnoreRules {
  readonly #rules: Ignore;

  private constructor(rules: Ignore) {
    this.#rules = rules;
  }

  static none(): IgnoreRules {
    return new IgnoreRules(ignore(OPTIONS));
  }

  /** Rules that hold anywhere, as glob patterns relative to the root. */
  static of(patterns: readonly string[]): IgnoreRules {
    return new IgnoreRules(ignore(OPTIONS).add(patterns.map((pattern) => ({ pattern }))));
  }

  /** These rules and after them the lines of an ignore file in `folder` ('' is the root). */
  extend(folder: string, ignoreFileText: string): IgnoreRules {
    const patterns = ignoreFileText
      .split(/\r?\n/)
      .map((line) => rebase(folder, line))
      .filter((pattern) => pattern !== null);
    return new IgnoreRules(
      ignore(OPTIONS)
        .add(this.#rules)
        .add(patterns.map((pattern) => ({ pattern }))),
    );
  }

  /** `path` is relative to the root, with forward slashes and no trailing one. */
  ignoresFile(path: string): boolean {
    return this.#rules.ignores(path);
  }

  ignoresFolder(path: string): boolean {
    return this.#rules.ignores(`${path}/`);
  }
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
