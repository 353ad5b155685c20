import type { IndexProgress } from '../../core/core.ts';
import { settingsOf } from './cli-settings.ts';
import { confirmIndexing } from './confirm-indexing.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { folderArgument } from './folder-argument.ts';
import { withCore, type Invocation } from './invocation.ts';
import { count, figure } from './output/figures.ts';
import { indexJson, indexRemarks, indexSummary, indexWithheld } from './output/index-summary.ts';
import { write } from './terminal.ts';

export interface IndexFlags {
  readonly dryRun?: boolean;
}

/** `index [FOLDER]`: brings a folder's index up to date. */
export async function runIndex(
  call: Invocation,
  named: string | undefined,
  flags: IndexFlags,
): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = settingsOf(options, terminal.env, terminal.cwd);
  const folder = await folderArgument(call, named);
  const dryRun = flags.dryRun === true;

  const { report, priceOf } = await withCore(call, settings, async (core) => {
    if (!dryRun) await confirmIndexing(call, core, folder);
    const done = await core.index(folder, {
      signal,
      dryRun,
      onProgress: (state) => {
        progress.show(progressText(state));
      },
    });
    return { report: done, priceOf: core.priceOf };
  });
  progress.clear();
  await write(
    terminal.stdout,
    options.json ? indexJson(report) : indexSummary(report, dryRun, priceOf),
  );
  if (options.quiet !== true) {
    terminal.stderr.write(indexRemarks(report) + indexWithheld(report, dryRun));
  }
  return report.withheld.overBudget > 0 ? EXIT.failed : EXIT.done;
}

function progressText(progress: IndexProgress): string {
  const { filesDone, filesTotal, chunksDone, chunksTotal, tokens, secondsLeft } = progress;
  const sent = tokens === 0 ? '' : `, ${count(tokens, 'token')}`;
  const left = secondsLeft === null ? '' : `, ${figure(secondsLeft)} s left`;
  return `Indexing: ${figure(filesDone)} of ${figure(filesTotal)} files, ${figure(chunksDone)} of ${figure(chunksTotal)} chunks${sent}${left}`;
}
