import { Failure } from '../../core/errors.ts';
import { cacheOnlySettingsOf } from './cli-settings.ts';
import { canAsk, confirm } from './confirm.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { oneLine, write } from './terminal.ts';

/** `install-runtime`: asks before it downloads; does nothing twice. */
export async function runInstallRuntime(call: Invocation): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const { RUNTIME_SIZE, PACKAGE, runtimeFolder } =
    await import('../../core/providers/transformers/runtime.ts');
  const folder = runtimeFolder(settings.config.cacheDir);
  const { downloadMb, diskMb } = RUNTIME_SIZE;
  const what = `npm downloads ${PACKAGE}, about ${downloadMb} MB (${diskMb} MB on disk), into ${folder}.`;
  if (options.yes !== true) await mustAgree(call, oneLine(what));
  const startedAt = call.now();
  const ticking = setInterval(() => {
    progress.show(`Installing ${PACKAGE}: ${Math.round((call.now() - startedAt) / 1000)} s`);
  }, 200);
  try {
    await withCore(call, settings, ({ maintenance }) => maintenance.installRuntime(signal));
  } finally {
    clearInterval(ticking);
    progress.clear();
  }
  const installed = options.json ? JSON.stringify({ folder }) : `Installed in ${oneLine(folder)}`;
  await write(terminal.stdout, `${installed}\n`);
  return EXIT.done;
}

async function mustAgree(call: Invocation, what: string): Promise<void> {
  if (!canAsk(call.terminal)) {
    throw new Failure('badSettings', `${what} To go on without being asked, add --yes.`);
  }
  if (await confirm(call.terminal, `${what} Install it?`, call.signal)) return;
  throw new Failure('badSettings', 'Nothing was installed.');
}
