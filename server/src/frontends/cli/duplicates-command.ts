import type { Duplicates, Likeness } from '../../core/search/duplicates.ts';
import { settingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { folderArgument } from './folder-argument.ts';
import { withCore, type Invocation } from './invocation.ts';
import { count } from './output/figures.ts';
import { notIndexed } from './search-command.ts';
import { printable, write } from './terminal.ts';

export interface DuplicatesFlags {
  readonly folder?: string;
  readonly limit: number;
  readonly likeness: Likeness;
}

/** `duplicates`: places of an indexed folder with the same or nearly the same code. */
export async function runDuplicates(call: Invocation, flags: DuplicatesFlags): Promise<ExitCode> {
  const { terminal, options, signal } = call;
  const settings = settingsOf(options, terminal.env, terminal.cwd);
  const folder = await folderArgument(call, flags.folder);
  return withCore(call, settings, async (core) => {
    if (!(await core.folderState(folder)).indexed) throw notIndexed(core, folder);
    const { likeness, limit } = flags;
    const onProgress = (done: number, total: number): void => {
      call.progress.show(`comparing ${done} of ${count(total, 'chunk')}`);
    };
    const found = await core.duplicates([folder], { likeness, limit, signal, onProgress });
    call.progress.clear();
    await write(terminal.stdout, options.json ? duplicatesJson(found) : duplicatesText(found));
    if (found.total === 0 && !options.json && options.quiet !== true) {
      terminal.stderr.write('No duplicates found.\n');
    }
    return EXIT.done;
  });
}

function duplicatesJson({ groups, total }: Duplicates): string {
  const rows = groups.map(({ lines, likeness, places }) => ({
    lines,
    likeness,
    places: places.map(({ path, startLine, endLine }) => ({ path, startLine, endLine })),
  }));
  return `${JSON.stringify({ total, groups: rows })}\n`;
}

function duplicatesText({ groups, total }: Duplicates): string {
  const texts = groups.map(({ lines, likeness, places }) => {
    const copies = `${places.length} copies`;
    const head = `${copies} · ${count(lines, 'line')} · ${Math.floor(likeness * 100)}%`;
    const rows = places.map(
      ({ path, startLine, endLine }) => `  ${printable(path)}:${startLine}-${endLine}`,
    );
    return `${[head, ...rows].join('\n')}\n`;
  });
  if (total > groups.length) texts.push(`${count(total - groups.length, 'group')} more\n`);
  return texts.join('\n');
}
