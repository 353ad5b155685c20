import type { ExcludePattern } from '../../server/protocol/settings.ts';

/** Alternatives in braces, once; a setting with thousands of them is not expanded to the end. */
const mostAlternatives = 256;

/** Lines of `embeddingCache.indexing.exclude`: taken as lines of an ignore file. */
export function ownExcludes(patterns: readonly string[]): ExcludePattern[] {
  return patterns.map((pattern) => ({ pattern, setting: 'embeddingCache.indexing.exclude' }));
}

/**
 * Patterns of `files.exclude` or `search.exclude` as lines of an ignore file. Left out are those
 * switched off, and those that hold only beside another file (`{"when": …}`).
 */
export function editorExcludes(setting: string, value: unknown): ExcludePattern[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, isOn]) => isOn === true)
    .flatMap(([glob]) => alternativesOf(glob))
    .map((glob) => ({ pattern: lineOf(glob), setting }));
}

/** The editor's globs hold from the folder's top, where a line of an ignore file may hold anywhere. */
function lineOf(glob: string): string {
  const line = glob.startsWith('**/') || glob.startsWith('/') ? glob : `/${glob}`;
  return line.replace(/[!#]/g, '\\$&');
}

/** `a.{b,c}` → `a.b`, `a.c`: ignore files have no braces. */
function alternativesOf(glob: string): string[] {
  let done: string[] = [];
  let open = [glob];
  while (open.length > 0 && open.length + done.length < mostAlternatives) {
    done = [...done, ...open.filter((each) => !braces.test(each))];
    open = open
      .filter((each) => braces.test(each))
      .flatMap((each) => {
        const [whole, choices = ''] = braces.exec(each) ?? [''];
        return choices.split(',').map((choice) => each.replace(whole, () => choice));
      });
  }
  return done;
}

/** The innermost pair. */
const braces = /\{([^{}]*)\}/;
