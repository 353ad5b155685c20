import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Core, FileExplanation } from '../../core/core.ts';
import { settingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { folderArgument } from './folder-argument.ts';
import { withCore, type Invocation } from './invocation.ts';
import { explanationText, reasonWords } from './output/explanation.ts';
import { write } from './terminal.ts';

export interface ExplainFlags {
  readonly folder?: string;
}

/** `explain FILE`: why a file is, or is not, indexed. */
export async function runExplain(
  call: Invocation,
  named: string,
  flags: ExplainFlags,
): Promise<ExitCode> {
  const { terminal, options } = call;
  const settings = settingsOf(options, terminal.env, terminal.cwd);
  const file = await realFile(path.resolve(terminal.cwd, named));
  const answer = await withCore(call, settings, async (core) => {
    const folder = await folderOf(call, core, file, flags);
    const relative = path.relative(folder, file);
    if (relative.startsWith('..') || path.isAbsolute(relative)) {
      return { path: file, indexed: false, reason: `it lies outside ${folder}`, chunks: [] };
    }
    const explained = await core.explainFile(folder, relative.split(path.sep).join('/'));
    return answerOf(explained, (await core.folderState(folder)).indexed);
  });
  await write(
    terminal.stdout,
    options.json ? `${JSON.stringify(answer)}\n` : explanationText(answer),
  );
  return EXIT.done;
}

function answerOf(explained: FileExplanation, folderIndexed: boolean) {
  const { indexed, chunks } = explained;
  return {
    path: explained.path,
    indexed,
    reason: reasonWords(explained, folderIndexed),
    ...(explained.verdict.kind === 'skipped' && explained.verdict.rule
      ? { rule: explained.verdict.rule }
      : {}),
    chunks,
  };
}

/** The folder named, else the innermost indexed one around the file, else the current one. */
async function folderOf(
  call: Invocation,
  core: Core,
  file: string,
  { folder }: ExplainFlags,
): Promise<string> {
  if (folder !== undefined) return folderArgument(call, folder);
  return core.indexedFolderOf(file) ?? (await folderArgument(call, undefined));
}

/** Links on the way to the file are followed, the file itself is not: a link is told of as one. */
async function realFile(file: string): Promise<string> {
  const folder = await realpath(path.dirname(file)).catch(() => null);
  return folder === null ? file : path.join(folder, path.basename(file));
}
