import path from 'node:path';
import { cacheOnlySettingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { count, size } from './output/figures.ts';
import { showShare } from './progress-line.ts';
import { oneLine, write } from './terminal.ts';

/** `backup DIR`: a copy of the cache that is itself a cache; fails when a file could not be copied whole. */
export async function runBackup(call: Invocation, directory: string): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const report = await withCore(call, settings, ({ maintenance }) =>
    maintenance.backUp({
      to: path.resolve(terminal.cwd, directory),
      signal,
      onProgress: showShare(progress, 'Copying'),
    }),
  );
  progress.clear();
  const lines = [
    `Copied ${count(report.files, 'file')}, ${size(report.bytes)}, to ${oneLine(report.directory)}`,
    `To use the copy: --cache-dir ${oneLine(report.directory)}`,
    ...report.damaged.map((file) => `${oneLine(file)} is damaged: its copy is not whole`),
  ];
  const output = options.json ? `${JSON.stringify(report)}\n` : `${lines.join('\n')}\n`;
  await write(terminal.stdout, output);
  return report.damaged.length === 0 ? EXIT.done : EXIT.failed;
}
