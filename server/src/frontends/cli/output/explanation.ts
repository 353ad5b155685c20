import type { FileExplanation } from '../../../core/core.ts';
import { oneLine } from '../terminal.ts';
import { count } from './figures.ts';

/** What `explain --json` prints. */
export interface Explanation extends Pick<FileExplanation, 'path' | 'indexed' | 'chunks'> {
  readonly reason: string;
}

export function explanationText({ path, indexed, reason, chunks }: Explanation): string {
  const lines = [`${oneLine(path)} is ${indexed ? 'indexed' : 'not indexed'}: ${oneLine(reason)}.`];
  for (const { startLine, endLine, symbols, failure, looksSecret } of chunks) {
    const names = symbols.length === 0 ? '' : `  ${oneLine(symbols.join(', '))}`;
    const why = failure === null ? '' : `  no vector: ${oneLine(failure)}`;
    const kept = looksSecret ? '  not sent: it looks secret' : '';
    lines.push(`  ${startLine}-${endLine}${names}${why}${kept}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Why a file is, or is not, indexed, in words that fit after a colon. */
export function reasonWords(
  { indexed, verdict, chunks }: FileExplanation,
  folderIndexed: boolean,
): string {
  switch (verdict.kind) {
    case 'taken':
      if (indexed) return chunksWords(chunks);
      return folderIndexed
        ? 'it is new since the folder was last indexed'
        : 'the folder is not indexed yet';
    case 'toolFolder':
      return `the folder ${verdict.folder} belongs to a tool and is never entered`;
    case 'link':
      return 'it is a symbolic link, or is reached by one; links are not followed';
    case 'noFile':
      return 'it is not a regular file';
    case 'missing':
      return 'there is no such file';
    case 'skipped':
      return skippedWords(verdict);
    default:
      return verdict satisfies never;
  }
}

function chunksWords(chunks: FileExplanation['chunks']): string {
  const all = `it has ${count(chunks.length, 'chunk')}`;
  const secret = chunks.filter(({ looksSecret }) => looksSecret).length;
  return secret === 0 ? all : `${all}, of which ${secret} looks secret and is not sent`;
}

type Skipped = Extract<FileExplanation['verdict'], { kind: 'skipped' }>;

function skippedWords({ reason, rule }: Skipped): string {
  switch (reason) {
    case 'ignored':
      if (!rule) return 'ignored';
      return rule.line === null
        ? `ignored by ${rule.pattern} in the setting ${rule.source}`
        : `ignored by ${rule.source}, line ${rule.line}: ${rule.pattern}`;
    case 'tooLarge':
      return 'it is larger than the limit for files';
    case 'generated':
      return 'it is generated or minified, as its name or its text says';
    case 'binary':
      return 'it is binary, as its name or its content says';
    case 'secretName':
      return 'its name says that it may hold keys or passwords; such files are never read';
    case 'unreadable':
      return 'it cannot be read';
    default:
      return reason satisfies never;
  }
}
