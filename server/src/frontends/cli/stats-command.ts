import { cacheOnlySettingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { dayTable, daysJson } from './output/day-table.ts';
import { sentJson, sentTable } from './output/sent-table.ts';
import { statsTable } from './output/stats-table.ts';
import { write } from './terminal.ts';

export interface StatsFlags {
  readonly sent?: boolean;
  readonly byDay?: boolean;
}

const SENT_SHOWN = 1000;

/** `stats`: what the cache holds and what it saved; with `--sent`, what left this computer; with
 * `--by-day`, each day's and model's use. */
export async function runStats(call: Invocation, flags: StatsFlags): Promise<ExitCode> {
  const { terminal, options } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  if (flags.sent === true) {
    const entries = await withCore(call, settings, (core) => core.sent(SENT_SHOWN));
    await write(terminal.stdout, options.json ? sentJson(entries) : sentTable(entries));
    return EXIT.done;
  }
  if (flags.byDay === true) {
    const days = await withCore(call, settings, (core) => core.usageByDay());
    await write(terminal.stdout, options.json ? daysJson(days) : dayTable(days));
    return EXIT.done;
  }
  const stats = await withCore(call, settings, (core) => core.stats());
  const { directory, texts, bytes, spaces, usage } = stats;
  const output = options.json
    ? `${JSON.stringify({ directory, texts, bytes, spaces, usage })}\n`
    : statsTable(stats);
  await write(terminal.stdout, output);
  return EXIT.done;
}
