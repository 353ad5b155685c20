import { cacheOnlySettingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { verifyJson, verifySummary } from './output/verify-summary.ts';
import { showShare } from './progress-line.ts';
import { write } from './terminal.ts';

export interface VerifyFlags {
  readonly repair?: boolean;
}

/** `verify [--repair]`: fails when damage was found and is still there. */
export async function runVerify(
  call: Invocation,
  { repair = false }: VerifyFlags,
): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const report = await withCore(call, settings, (core) =>
    core.maintenance.verify({ repair, signal, onProgress: showShare(progress, 'Checking') }),
  );
  progress.clear();
  await write(terminal.stdout, options.json ? verifyJson(report) : verifySummary(report));
  const { found, repaired } = report;
  const isSound =
    found.damagedRows === repaired.removedRows && found.damagedFiles === repaired.renewedFiles;
  return isSound ? EXIT.done : EXIT.failed;
}
