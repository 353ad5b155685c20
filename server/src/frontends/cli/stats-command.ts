import { cacheOnlySettingsOf } from './cli-settings.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { withCore, type Invocation } from './invocation.ts';
import { statsTable } from './output/stats-table.ts';
import { write } from './terminal.ts';

/** `stats`: what the cache holds and what it saved. */
export async function runStats(call: Invocation): Promise<ExitCode> {
  const { terminal, options } = call;
  const settings = cacheOnlySettingsOf(options, terminal.env, terminal.cwd);
  const stats = await withCore(call, settings, (core) => core.stats());
  const { directory, texts, bytes, spaces, usage } = stats;
  const output = options.json
    ? `${JSON.stringify({ directory, texts, bytes, spaces, usage })}\n`
    : statsTable(stats);
  await write(terminal.stdout, output);
  return EXIT.done;
}
