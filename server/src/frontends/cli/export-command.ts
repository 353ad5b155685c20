import path from 'node:path';
import { cacheOnlySettingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { exportSummary } from './output/pack-summary.ts';
import { showShare } from './progress-line.ts';
import { chosenSpaces } from './space-argument.ts';
import { write } from './terminal.ts';

export interface ExportFlags {
  readonly space?: string;
  readonly withText?: boolean;
}

/** `export FILE`: a pack of embeddings, for another computer. Interrupted, it goes on where it was. */
export async function runExport(
  call: Invocation,
  file: string,
  { space, withText = false }: ExportFlags,
): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const report = await withCore(call, settings, async ({ maintenance }) =>
    maintenance.exportTo({
      file: path.resolve(terminal.cwd, file),
      spaceIds: space === undefined ? null : chosenSpaces(await maintenance.spaces(), space),
      withText,
      signal,
      onProgress: showShare(progress, 'Exporting'),
    }),
  );
  progress.clear();
  const output = options.json ? `${JSON.stringify(report)}\n` : exportSummary(report);
  await write(terminal.stdout, output);
  return EXIT.done;
}
