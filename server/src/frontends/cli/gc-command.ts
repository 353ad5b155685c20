import { Failure } from '../../core/errors.ts';
import { cacheOnlySettingsOf } from './cli-settings.ts';
import { canAsk, confirm } from './confirm.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { gcJson, gcQuestion, gcSummary } from './output/gc-summary.ts';
import { showShare } from './progress-line.ts';
import { chosenSpaces } from './space-argument.ts';
import { write } from './terminal.ts';

export interface GcFlags {
  readonly olderThan?: number;
  readonly maxBytes?: number;
  readonly space?: string;
  readonly dryRun?: boolean;
}

/** `gc`: removes what the flags name, after a look at what that is. */
export async function runGc(call: Invocation, flags: GcFlags): Promise<ExitCode> {
  const { terminal, options, signal, progress } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const { olderThan, maxBytes, space, dryRun = false } = flags;
  const report = await withCore(call, settings, async (core) => {
    const spaceIds =
      space === undefined ? null : chosenSpaces(await core.maintenance.spaces(), space);
    const rules = {
      signal,
      ...(olderThan === undefined ? {} : { olderThanDays: olderThan }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(spaceIds === null ? {} : { spaceIds }),
      // A space alone means all of it.
      everything: spaceIds !== null && olderThan === undefined && maxBytes === undefined,
    };
    progress.show('Looking for what can go');
    const preview = await core.maintenance.collectGarbage({ ...rules, dryRun: true });
    progress.clear();
    if (dryRun) return preview;
    if (preview.embeddings.removed > 0) await mustAgree(call, gcQuestion(preview));
    return core.maintenance.collectGarbage({
      ...rules,
      dryRun: false,
      onProgress: showShare(progress, 'Cleaning up'),
    });
  });
  progress.clear();
  await write(terminal.stdout, options.json ? gcJson(report) : gcSummary(report));
  return EXIT.done;
}

async function mustAgree(call: Invocation, question: string): Promise<void> {
  if (call.options.yes === true) return;
  if (!canAsk(call.terminal)) {
    throw new Failure('badSettings', `${question} Nothing was removed: to say yes, add --yes.`);
  }
  if (await confirm(call.terminal, question, call.signal)) return;
  throw new Failure('badSettings', 'Nothing was removed.');
}
